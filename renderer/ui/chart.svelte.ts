/** Draws a chart's canvas: lines or bars in the theme's colours, following the state that its plan reads. */
import type { Chart, ChartConfiguration, Plugin } from 'chart.js';
import { untrack } from 'svelte';
import type { Attachment } from 'svelte/attachments';

export interface Series {
  readonly name: string;
  /** A gap where y is null. */
  readonly points: readonly { readonly x: number | string; readonly y: number | null }[];
  /** Points without a line between them, or a dotted line without points; both when left out. */
  readonly look?: 'points' | 'line';
  /** An area around the line, such as an interval. */
  readonly band?: readonly { readonly x: number; readonly low: number; readonly high: number }[];
  /** Which colour and dash, where two series belong together; its place among the series when left out. */
  readonly colour?: number;
}

export interface ChartPlan {
  readonly kind: 'line' | 'bar';
  /** Evenly by factors instead of by differences; all x above 0. */
  readonly isLogX?: boolean;
  readonly series: readonly Series[];
  readonly xTitle?: string;
  readonly yTitle?: string;
  readonly yMin?: number;
  readonly yMax?: number;
  /** A vertical line at this x, such as the best epoch. */
  readonly mark?: { readonly x: number; readonly name: string } | undefined;
}

/** Dashes tell lines apart where colours do not. */
const dashes: readonly (readonly number[])[] = [[], [6, 3], [2, 3], [8, 3, 2, 3], [1, 2], [12, 4]];
const seriesColours = 6;

/** `plan` is asked again whenever the state that it reads changes; the chart then goes on without being built anew. */
export function chart(plan: () => ChartPlan): Attachment<HTMLCanvasElement> {
  return (canvas) => {
    let drawn: Chart | null = null;
    let isGone = false;
    const latest = $derived(plan());

    const draw = (): void => {
      if (drawn === null) return;
      const { data, options } = configurationOf(untrack(() => latest));
      drawn.data = data;
      if (options !== undefined) drawn.options = options;
      drawn.update('none');
    };
    // No page needs it for its first picture.
    void import('chart.js/auto').then(({ Chart: ChartClass }) => {
      if (isGone) return;
      const mark = markPlugin(() => untrack(() => latest));
      drawn = new ChartClass(canvas, { ...configurationOf(untrack(() => latest)), plugins: [mark] });
    });
    $effect(() => {
      void latest;
      draw();
    });
    const forgetTheme = onThemeChange(draw);
    return () => {
      isGone = true;
      forgetTheme();
      drawn?.destroy();
    };
  };
}

function configurationOf(plan: ChartPlan): ChartConfiguration {
  const style = getComputedStyle(document.documentElement);
  const colour = (name: string): string => style.getPropertyValue(name).trim();
  const rem = Number.parseFloat(style.fontSize);
  const font = { family: getComputedStyle(document.body).fontFamily, size: rem * 0.75 };
  const axis = (title: string | undefined): object => ({
    title: { display: title !== undefined, text: title ?? '', color: colour('--text-soft'), font },
    grid: { color: colour('--line') },
    border: { color: colour('--line-strong') },
    ticks: { color: colour('--text-soft'), font },
  });
  const isNumeric = plan.series.every(({ points }) => points.every(({ x }) => typeof x === 'number'));
  return {
    type: plan.kind,
    data: {
      datasets: plan.series.flatMap((series, index) => {
        const { name, points, look, band = [] } = series;
        const number = series.colour ?? index;
        const own = colour(`--series-${number % seriesColours}`);
        const line = {
          label: name,
          data: points.map(({ x, y }) => ({ x, y }) as never),
          borderColor: own,
          backgroundColor: own,
          borderDash: look === 'line' ? [2, 4] : [...(dashes[number % dashes.length] ?? [])],
          borderWidth: plan.kind === 'bar' || look === 'points' ? 0 : look === 'line' ? 1.5 : 2,
          pointRadius: look === 'line' ? 0 : look === 'points' ? 4 : points.length > 40 ? 0 : 2,
          tension: 0,
        };
        if (band.length === 0) return [line];
        // Two unnamed lines with the area between them filled.
        const edge = (side: 'low' | 'high'): typeof line & { fill: string | boolean } => ({
          ...line,
          label: '',
          data: band.map((at) => ({ x: at.x, y: at[side] }) as never),
          backgroundColor: `${own}33`,
          borderWidth: 0,
          pointRadius: 0,
          fill: side === 'high' ? '-1' : false,
        });
        return [line, edge('low'), edge('high')];
      }),
    },
    options: {
      animation: false,
      maintainAspectRatio: false,
      responsive: true,
      parsing: plan.kind === 'bar' ? undefined : false,
      interaction: { mode: 'index', intersect: false },
      plugins: {
        legend: {
          display: plan.series.filter(({ name }) => name !== '').length > 1,
          position: 'bottom',
          labels: {
            color: colour('--text'),
            font,
            usePointStyle: plan.kind === 'line',
            pointStyle: 'line',
            filter: ({ text }) => text !== '',
          },
        },
        tooltip: { titleFont: font, bodyFont: font, filter: ({ dataset }) => dataset.label !== '' },
      },
      scales: {
        x: {
          ...axis(plan.xTitle),
          type: isNumeric && plan.kind === 'line' ? (plan.isLogX === true ? 'logarithmic' : 'linear') : 'category',
        },
        y: {
          ...axis(plan.yTitle),
          ...(plan.yMin === undefined ? {} : { min: plan.yMin }),
          ...(plan.yMax === undefined ? {} : { max: plan.yMax }),
        },
      },
    },
  };
}

function markPlugin(plan: () => ChartPlan): Plugin {
  return {
    id: 'mark',
    afterDatasetsDraw({ ctx, chartArea, scales }) {
      const { mark } = plan();
      const x = mark === undefined ? undefined : scales['x']?.getPixelForValue(mark.x);
      if (mark === undefined || x === undefined || x < chartArea.left || x > chartArea.right) return;
      ctx.save();
      ctx.strokeStyle = getComputedStyle(document.documentElement).getPropertyValue('--line-strong');
      ctx.fillStyle = getComputedStyle(document.documentElement).getPropertyValue('--text');
      ctx.setLineDash([3, 3]);
      ctx.beginPath();
      ctx.moveTo(x, chartArea.top);
      ctx.lineTo(x, chartArea.bottom);
      ctx.stroke();
      const isNearEnd = x > (chartArea.left + chartArea.right) / 2;
      ctx.textAlign = isNearEnd ? 'right' : 'left';
      ctx.fillText(mark.name, x + (isNearEnd ? -6 : 6), chartArea.bottom - 6);
      ctx.restore();
    },
  };
}

/** Colours are read from the page's style, so a chart is drawn again when they change. */
function onThemeChange(draw: () => void): () => void {
  const observer = new MutationObserver(draw);
  observer.observe(document.documentElement, { attributes: true, attributeFilter: ['data-theme'] });
  return () => observer.disconnect();
}
