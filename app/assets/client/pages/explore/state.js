// What all parts of the Explore page share; explore.js opens it.

export const state = {};
