// A page for modules that listen to one when they load; in these tests nobody ever calls.
globalThis.document = {
  addEventListener() {},
  createElement: () => ({ getContext: () => null }), // a browser without WebGL
  querySelector: () => ({ content: "/modules/0" }), // where callbacks.js finds the modules
};
globalThis.window = globalThis;
globalThis.addEventListener = () => {};
globalThis.location = { pathname: "/" };
globalThis.ResizeObserver = class {
  disconnect() {}
  observe() {}
};
