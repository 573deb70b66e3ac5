// The light/dark switch; `early.js` set the theme before this file loaded.
(() => {
  const stateline = (globalThis.stateline ??= {});

  function set(theme) {
    document.documentElement.dataset.bsTheme = theme;
    try {
      localStorage.setItem("stateline-theme", theme);
    } catch {
      // Not kept for the next visit where storage is forbidden.
    }
    document.dispatchEvent(new CustomEvent("stateline:theme"));
  }

  // A value of the styles, by its name, as the present theme has it: "--ink" and the like.
  const tone = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

  stateline.theme = {
    tone,
    get: () => document.documentElement.dataset.bsTheme,
    toggle: () => set(stateline.theme.get() === "dark" ? "light" : "dark"),
  };

  document.addEventListener("click", (event) => {
    if (event.target.closest?.("#theme-switch")) stateline.theme.toggle();
  });
})();
