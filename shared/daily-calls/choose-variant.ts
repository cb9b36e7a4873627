/** FNV-1a, 32 bit: spreads ids evenly, and is the same on every machine. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) {
    value = Math.imul(value ^ text.charCodeAt(index), 0x01000193) >>> 0;
  }
  return value;
}

/** A variant by weight, always the same for the same subject; null: none has a weight. */
export function chooseVariant(subject: string, variants: { id: string; weight: number }[]): string | null {
  const total = variants.reduce((sum, { weight }) => sum + weight, 0);
  if (total === 0) return null;
  let left = (hash(subject) / 2 ** 32) * total;
  for (const { id, weight } of variants) {
    left -= weight;
    if (left < 0) return id;
  }
  return null;
}
