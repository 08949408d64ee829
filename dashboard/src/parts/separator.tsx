import type { Signal } from "@preact/signals";

/** A border that can be dragged, or moved with the arrow keys; a double click gives the normal place back. */
export function Separator({ size, low, high, normal, axis, label, sign = 1 }: { size: Signal<number>; low: number; high: number; normal: number; axis: "x" | "y"; label: string; sign?: 1 | -1 }) {
  const set = (value: number) => (size.value = Math.round(Math.max(low, Math.min(high, value))));
  const down = (event: PointerEvent) => {
    const handle = event.currentTarget as HTMLElement;
    const at = () => size.value || handle.previousElementSibling?.getBoundingClientRect()[axis === "x" ? "width" : "height"] || normal;
    const [from, start] = [axis === "x" ? event.clientX : event.clientY, at()];
    handle.setPointerCapture(event.pointerId);
    const move = (moved: PointerEvent) => set(start + sign * ((axis === "x" ? moved.clientX : moved.clientY) - from));
    const up = () => {
      handle.removeEventListener("pointermove", move);
      handle.removeEventListener("pointerup", up);
      handle.removeEventListener("pointercancel", up);
    };
    handle.addEventListener("pointermove", move);
    handle.addEventListener("pointerup", up);
    handle.addEventListener("pointercancel", up);
  };
  const key = (event: KeyboardEvent) => {
    const now = size.value || (event.currentTarget as HTMLElement).previousElementSibling?.getBoundingClientRect()[axis === "x" ? "width" : "height"] || normal;
    const [less, more] = axis === "x" ? ["ArrowLeft", "ArrowRight"] : ["ArrowUp", "ArrowDown"];
    const to = event.key === less ? now - sign * 16 : event.key === more ? now + sign * 16 : event.key === "Home" ? low : event.key === "End" ? high : event.key === "Escape" ? normal : null;
    if (to === null) return;
    event.preventDefault();
    if (event.key === "Escape") size.value = normal;
    else set(to);
  };
  return (
    <div class={`separator ${axis}`} role="separator" tabIndex={0} aria-label={label} aria-orientation={axis === "x" ? "vertical" : "horizontal"} aria-valuemin={low} aria-valuemax={high} aria-valuenow={size.value || normal || low}
      onPointerDown={down} onKeyDown={key} onDblClick={() => (size.value = normal)} />
  );
}
