// What Dash and its components put on the page.

interface Window {
  dash_clientside: {
    set_props(id: string, props: Record<string, unknown>): void;
  };
  dash_ag_grid?: {
    getApiAsync(id: string): Promise<any>;
  };
}

declare const React: {
  createElement(kind: string, properties: object | null, ...children: unknown[]): object;
};
