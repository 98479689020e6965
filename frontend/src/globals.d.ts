declare module "@alpinejs/csp" {
  const Alpine: {
    data(name: string, make: (...args: string[]) => object): void;
    start(): void;
  };
  export default Alpine;
}
declare module "htmx.org" {
  const htmx: { process(element: Element): void };
  export default htmx;
}
