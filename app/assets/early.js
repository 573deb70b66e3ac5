// Light or dark before the first paint: what was chosen here before, else what the system says.
(() => {
  let kept = null;
  try {
    kept = localStorage.getItem("stateline-theme");
  } catch {
    // Storage may be forbidden; the system's preference is then all there is.
  }
  const dark = matchMedia("(prefers-color-scheme: dark)").matches;
  const theme = kept === "dark" || kept === "light" ? kept : dark ? "dark" : "light";
  document.documentElement.dataset.bsTheme = theme;
})();
