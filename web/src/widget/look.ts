// Colours: the shop chooses one, the ink on it follows. WCAG 2.2, relative luminance and contrast ratio.

const kHex = /^#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})$/i;

function luminance(hex: string): number {
  const [r = 0, g = 0, b = 0] = (kHex.exec(hex) ?? []).slice(1).map((pair) => {
    const value = parseInt(pair, 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

export function contrast(one: string, other: string): number {
  const [dark = 0, light = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (light + 0.05) / (dark + 0.05);
}

export function isColour(text: string): boolean {
  return kHex.test(text);
}

// Black or white, whichever is read more easily: on every colour one of them has a contrast of 4.58 or more.
export function inkOn(colour: string): string {
  return contrast(colour, '#ffffff') >= contrast(colour, '#000000') ? '#ffffff' : '#000000';
}
