// @ts-check
// The header's choice of a run: the same page of another one.

import * as addresses from "./addresses.js";
import { goTo } from "./navigation.js";

// A user's own choice only. Dash calls a callback also for a select that it has just put in, and
// a page that comes late, after Back was pressed, would then lead away from the one asked for.
document.addEventListener("change", ({ target }) => {
  if (target.id !== "run-select" || !target.value) return;
  const [, page] = location.pathname.split("/");
  const href = addresses.page(page, target.value);
  if (location.pathname !== href) goTo(href);
});
