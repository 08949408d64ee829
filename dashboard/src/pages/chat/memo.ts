import { Component, createElement, type ComponentChild, type FunctionComponent } from "preact";

/** Draws again only when something it was given is another thing. */
export function memo<P extends object>(inner: FunctionComponent<P>): FunctionComponent<P> {
  class Kept extends Component<P> {
    override shouldComponentUpdate(next: Readonly<P>): boolean {
      const before = this.props as Record<string, unknown>;
      const after = next as Record<string, unknown>;
      return Object.keys({ ...before, ...after }).some((key) => before[key] !== after[key]);
    }

    override render(): ComponentChild {
      return createElement(inner, this.props as P & { children?: never });
    }
  }
  return Kept as unknown as FunctionComponent<P>;
}
