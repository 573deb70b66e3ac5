// @ts-check
// The sign of a page whose run has files that are still to be verified: how far that is, or the
// fault that was found. The server puts it into the page, and no number of such a file.

const EVERY = 500; // milliseconds between two requests

/**
 * @param {number} verified bytes
 * @param {number} total bytes
 */
export function lineOf(verified, total) {
  const [done, all] = [verified, total].map((bytes) => (bytes / 1e6).toFixed(0));
  return `Verifying this run's files: ${done} of ${all} MB`;
}

/** @param {HTMLElement} sign */
async function follow(sign) {
  const address = `/data/${encodeURIComponent(sign.dataset.run ?? "")}/verification`;
  while (sign.isConnected) {
    await new Promise((resolve) => {
      setTimeout(resolve, EVERY);
    });
    const answer = await fetch(address).catch(() => null);
    if (!answer) continue;
    if (!answer.ok) {
      sign.textContent = `This run is broken: ${(await answer.text()).split("\n")[0]}`;
      sign.classList.add("verification-failed");
      return;
    }
    const { verified, total } = await answer.json();
    if (verified >= total) {
      sign.remove();
      return;
    }
    sign.textContent = lineOf(verified, total);
  }
}

// Dash puts a page in when it likes, and another one in its place.
/** @type {Element | null} */
let followed = null;
if (typeof document !== "undefined") {
  setInterval(() => {
    const sign = document.querySelector(".verification");
    if (!(sign instanceof HTMLElement) || sign === followed) return;
    followed = sign;
    follow(sign);
  }, EVERY);
}
