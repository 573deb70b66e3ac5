// @ts-check
// The drawing context of a canvas in the page's pixels.

// A canvas cleared and ready to draw on in the page's pixels.
export function contextOf(element) {
  const { clientWidth: width, clientHeight: height } = element;
  const ratio = globalThis.devicePixelRatio || 1;
  if (element.width !== Math.round(width * ratio)) element.width = Math.round(width * ratio);
  if (element.height !== Math.round(height * ratio)) element.height = Math.round(height * ratio);
  const context = element.getContext("2d");
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.clearRect(0, 0, width, height);
  return { context, width, height, ratio };
}
