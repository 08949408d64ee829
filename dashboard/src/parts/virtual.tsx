import type { ComponentChildren } from "preact";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";

/**
 * A list of which only what can be seen is in the page, so ten thousand rows cost as much as forty. All rows have one height, in rem.
 * It is a listbox: arrows, Page Up and Down, Home and End move the choice.
 */
export function VirtualList<T>({ items, rowRem, label, chosen, choose, row, follow = false }: {
  items: readonly T[]; rowRem: number; label: string; chosen: number; choose: (index: number) => void; row: (item: T, index: number) => ComponentChildren; follow?: boolean;
}) {
  const box = useRef<HTMLDivElement>(null);
  const [view, setView] = useState({ top: 0, height: 600 });
  const rem = parseFloat(getComputedStyle(document.documentElement).fontSize);
  const height = rowRem * rem;
  useLayoutEffect(() => {
    const element = box.current!;
    const look = () => setView({ top: element.scrollTop, height: element.clientHeight });
    const watch = new ResizeObserver(look);
    watch.observe(element);
    element.addEventListener("scroll", look, { passive: true });
    return () => {
      watch.disconnect();
      element.removeEventListener("scroll", look);
    };
  }, []);
  useEffect(() => {
    const element = box.current!;
    if (follow && element.scrollHeight - element.scrollTop - element.clientHeight < height * 6) element.scrollTop = element.scrollHeight;
  }, [items.length]);
  const first = Math.max(0, Math.floor(view.top / height) - 8);
  const last = Math.min(items.length, Math.ceil((view.top + view.height) / height) + 8);
  const move = (to: number) => {
    const index = Math.max(0, Math.min(items.length - 1, to));
    choose(index);
    const element = box.current!;
    if (index * height < element.scrollTop) element.scrollTop = index * height;
    else if ((index + 1) * height > element.scrollTop + element.clientHeight) element.scrollTop = (index + 1) * height - element.clientHeight;
  };
  const onKey = (event: KeyboardEvent) => {
    const page = Math.max(1, Math.floor(view.height / height) - 1);
    const to = { ArrowDown: chosen + 1, ArrowUp: chosen - 1, PageDown: chosen + page, PageUp: chosen - page, Home: 0, End: items.length - 1 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    move(to);
  };
  return (
    <div ref={box} class="virtual" role="listbox" aria-label={label} tabIndex={0} onKeyDown={onKey} aria-activedescendant={chosen >= first && chosen < last ? `row-${chosen}` : undefined}>
      <div style={{ height: `${items.length * height}px` }} role="presentation" class="virtual-all">
        {items.slice(first, last).map((item, at) => {
          const index = first + at;
          return (
            <div key={index} id={`row-${index}`} role="option" aria-selected={index === chosen} aria-setsize={items.length} aria-posinset={index + 1} class="virtual-row"
              style={{ transform: `translateY(${index * height}px)`, height: `${height}px` }} onClick={() => choose(index)}>
              {row(item, index)}
            </div>
          );
        })}
      </div>
    </div>
  );
}
