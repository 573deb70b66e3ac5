// @ts-check
// The light/dark switch; `early.js` set the theme before this file loaded.

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
export const tone = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

document.addEventListener("click", (event) => {
  if (event.target.closest?.("#theme-switch")) toggle();
});

export const get = () => document.documentElement.dataset.bsTheme;

export const toggle = () => set(get() === "dark" ? "light" : "dark");
