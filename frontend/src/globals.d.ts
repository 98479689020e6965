declare module "htmx.org" {
  const htmx: { process(element: Element): void };
  export default htmx;
}
