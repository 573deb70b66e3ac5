// @ts-check
// The view controls: labels and their thresholds, trajectory, points. Each takes effect at once.

import { isSeries } from "../../../lib/series.js";
import { get, subscribe, update } from "../selection.js";

const CAUSES = { distance: "long jump", confidence: "confidence change", class: "class change" };

const check = (name, label, on, more = "") =>
  `<label class="control-check"><input type="checkbox" data-view="${name}" ${on ? "checked" : ""} ${more}>` +
  `<span>${label}</span></label>`;

function slider(name, id, label, least, most, step) {
  return (
    `<label class="control-slider"><span>${label}</span><input type="range" id="${id}" data-view="${name}" ` +
    `min="${least}" max="${most}" step="${step}" value="${get()[name]}"><output>${shown(name)}</output></label>`
  );
}

const shown = (name) => get()[name].toFixed(2);

function select(name, label, options) {
  const entries = Object.entries(options).map(
    ([value, text]) => `<option value="${value}" ${get()[name] === value ? "selected" : ""}>${text}</option>`,
  );
  return `<label class="menu-line"><span>${label}</span><select data-view="${name}">${entries.join("")}</select></label>`;
}

function labelRows() {
  return Object.entries(CAUSES).map(([cause, name]) => {
    const cells = ["after", "before"].map((when) => {
      const kind = `${when}-${cause}`;
      return (
        `<td><input type="checkbox" data-label="${kind}" aria-label="${when} a ${name}" ` +
        `${get().labels.includes(kind) ? "checked" : ""}></td>`
      );
    });
    return `<tr><th scope="row">${name}</th>${cells.join("")}</tr>`;
  });
}

function markup(facts) {
  const view = get();
  const whole = facts.drawn === facts.states;
  const ends = whole ? "" : 'disabled title="Only where the map draws every state"';
  return (
    `<fieldset><legend>${isSeries(facts) ? "Step" : "Word"} labels</legend><table class="label-kinds"><thead><tr><td></td>` +
    `<th scope="col" class="label-after">after</th><th scope="col" class="label-before">before</th></tr></thead>` +
    `<tbody>${labelRows().join("")}</tbody></table>` +
    slider("distance", "threshold-distance", "Jump, share of the longest", 0, 1, 0.01) +
    slider("confidence", "threshold-confidence", "Change of confidence", 0, 1, 0.01) +
    `</fieldset><fieldset><legend>Trajectory</legend>` +
    select("path", "Colour", { answer: "expected prediction", time: "time, faint to strong" }) +
    select("thickness", "Thickness", { even: "even", time: "by time", distance: "by distance" }) +
    slider("width", "line-width", "Line width", 0.75, 6, 0.25) +
    (facts.padding ? check("padding", "Padding as steps", view.padding) : "") +
    `</fieldset><fieldset><legend>All states</legend>` +
    slider("size", "point-size", "Point size", 0.5, 2.5, 0.25) +
    check("first", "Rings at first states", view.first, ends) +
    check("last", "Rings at last states", view.last, ends) +
    check("density", "Density contours", view.density) +
    check("clusters", "Names of clusters", view.clusters) +
    select("fade", "Fade", { none: "none", correct: "correct sequences", wrong: "wrong sequences" }) +
    `</fieldset>`
  );
}

function changed(input) {
  const { view: name, label } = input.dataset;
  if (label) {
    const rest = get().labels.filter((kind) => kind !== label);
    set("labels", input.checked ? [...rest, label] : rest);
  } else if (input.type === "checkbox") set(name, input.checked);
  else if (input.type === "range") set(name, Number(input.value));
  else set(name, input.value);
}

const set = (name, value) => update({ [name]: value }, { history: "replace" });

document.addEventListener("input", (event) => {
  if (event.target.closest?.("#view-controls")) changed(event.target);
});

// What was set here, by a threshold's line among the bars, or by the address.
function follow() {
  for (const input of document.querySelectorAll("#view-controls [type=range]")) {
    const { view: name } = input.dataset;
    if (Number(input.value) !== get()[name]) input.value = get()[name];
    input.nextElementSibling.textContent = shown(name);
  }
  const padding = document.querySelector('#view-controls [data-view="padding"]');
  if (padding) padding.checked = get().padding;
  for (const input of document.querySelectorAll("#view-controls [data-label]")) {
    input.checked = get().labels.includes(input.dataset.label);
  }
}

// One popover at a time; each stands beside the button that opens it.
function toggle(button, opens) {
  for (const other of document.querySelectorAll("[data-opens]")) {
    const stays = other === button && opens;
    other.setAttribute("aria-expanded", String(stays));
    document.getElementById(other.dataset.opens).hidden = !stays;
  }
}

// Shut what is open; true where something was.
export function shut() {
  const button = document.querySelector('[data-opens][aria-expanded="true"]');
  if (button) toggle(button, false);
  return Boolean(button);
}

document.addEventListener("click", (event) => {
  const button = event.target.closest?.("[data-opens]");
  if (button) toggle(button, button.getAttribute("aria-expanded") !== "true");
  else if (!event.target.closest?.(".popover-panel")) shut();
});

subscribe(["facts"], ({ facts }) => {
  const controls = document.getElementById("view-controls");
  if (controls) controls.innerHTML = markup(facts); // The page may have been left while its run was on the way.
});
subscribe(["labels", "distance", "confidence", "width", "size", "padding"], follow);
