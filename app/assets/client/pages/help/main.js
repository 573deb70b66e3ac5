// The help page: an address that ends in #help-… opens at that section. The page is drawn after
// the browser has looked for it, so it is sought again once it is there.

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
