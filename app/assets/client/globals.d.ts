// What Dash and its components put on the page.

interface Window {
  dash_clientside: {
    set_props(id: string, props: Record<string, unknown>): void;
  };
}
