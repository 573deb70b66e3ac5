// @ts-check
// What every page has: the header's choices and the theme.
import "./inspect.js";
import "./run-choice.js";
import "./theme.js";
import "./verification.js";
