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

declare const Plotly: any;

declare var stateline: any;
declare var dash_clientside: any;
declare var dash_ag_grid: any;
declare var dash_component_api: any;

interface EventTarget {
  blur(): void;
  checkValidity(): boolean;
  readonly classList: DOMTokenList;
  closest(selector: string): HTMLElement | null;
  dataset: DOMStringMap;
  id: string;
  matches(selector: string): boolean;
  readonly parentElement: HTMLElement | null;
  type: string;
  value: any;
}

interface Element {
  blur(): void;
  checked: boolean;
  dataset: DOMStringMap;
  focus(options?: FocusOptions): void;
  hidden: any;
  readonly offsetHeight: number;
  readonly offsetWidth: number;
  style: CSSStyleDeclaration;
  tabIndex: number;
  title: string;
  value: any;
}
