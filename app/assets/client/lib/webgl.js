// @ts-check
// Whether this browser has WebGL.

export const webgl = (() => {
  let answer = null;
  return () => {
    if (answer === null) {
      const canvas = document.createElement("canvas");
      const context = canvas.getContext("webgl");
      answer = Boolean(context);
      context?.getExtension("WEBGL_lose_context")?.loseContext();
    }
    return answer;
  };
})();
