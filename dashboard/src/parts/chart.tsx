/** One bar of a chart: a time and parts that stand on one another. */
export type Bar = { label: string; parts: { value: number; tone: string }[]; words: string };

/** Bars over time, in SVG of our own: two rectangles a bar need no library. Read out as a table by who does not see it. */
export function Bars({ bars, title, unit }: { bars: Bar[]; title: string; unit: (value: number) => string }) {
  const top = Math.max(1e-9, ...bars.map((bar) => bar.parts.reduce((sum, part) => sum + part.value, 0)));
  const [width, height] = [100, 36];
  const step = width / Math.max(bars.length, 1);
  return (
    <figure class="chart">
      <figcaption>
        <span>{title}</span>
        <span class="muted">most {unit(top < 1e-6 ? 0 : top)}</span>
      </figcaption>
      <svg viewBox={`0 0 ${width} ${height}`} preserveAspectRatio="none" aria-hidden="true" focusable="false">
        <line x1="0" x2={width} y1={height - 0.25} y2={height - 0.25} class="axis" />
        {bars.map((bar, index) => {
          let below = 0;
          return (
            <g key={index}>
              <title>{bar.words}</title>
              {bar.parts.map((part, at) => {
                const tall = (part.value / top) * (height - 2);
                below += tall;
                return <rect key={at} x={index * step + step * 0.12} width={step * 0.76} y={height - below - 0.5} height={tall} class={`bar ${part.tone}`} />;
              })}
            </g>
          );
        })}
      </svg>
      <div class="chart-ends muted" aria-hidden="true">
        <span>{bars[0]?.label}</span>
        <span>{bars.at(-1)?.label}</span>
      </div>
      <ul class="visually-hidden">
        {bars.filter((bar) => bar.parts.some((part) => part.value > 0)).map((bar, index) => <li key={index}>{bar.words}</li>)}
      </ul>
    </figure>
  );
}

/** One whole and what it is made of. */
export function Share({ title, parts, unit }: { title: string; parts: { name: string; value: number; tone: string }[]; unit: (value: number) => string }) {
  const whole = parts.reduce((sum, part) => sum + part.value, 0);
  return (
    <figure class="share">
      <figcaption>{title}</figcaption>
      <div class="share-line" aria-hidden="true">
        {parts.filter((part) => part.value > 0).map((part) => <span key={part.name} class={`share-part ${part.tone}`} style={{ flexGrow: part.value / (whole || 1) }} title={`${part.name}: ${unit(part.value)}`} />)}
      </div>
      <ul class="share-key">
        {parts.map((part) => (
          <li key={part.name}><span class={`dot ${part.tone}`} aria-hidden="true" /> {part.name} <span class="muted">{unit(part.value)}</span></li>
        ))}
      </ul>
    </figure>
  );
}
