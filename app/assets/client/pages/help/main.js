// @ts-check
// The help page: an address that ends in #help-… opens at that section. The browser looks for it
// before the page is there, so that it is looked for again once it is.

/** Bring the section of the address into view; false where it is not on the page yet. */
export function reveal() {
  const name = location.hash.slice(1);
  if (!name.startsWith("help-")) return true;
  const section = document.getElementById(name);
  section?.scrollIntoView({ behavior: "instant" });
  return section !== null;
}

if (!reveal()) {
  const observer = new MutationObserver(() => {
    if (reveal()) observer.disconnect();
  });
  observer.observe(document.documentElement, { childList: true, subtree: true });
}
