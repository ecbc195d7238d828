/** Shades of heat maps: a share 0..1 as one of eleven classes; the value itself is always written in the cell. */

export function heatClass(share: number): string {
  return `heat-${Math.round(Math.min(1, Math.max(0, share)) * 10)}`;
}
