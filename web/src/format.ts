// A number as text, digit for digit as Python's chainrule.explain.notation.numbers writes it.

const EXACT = 100; // decimals that toExponential can give; a tie in few digits ends long before

/** `value` with `digits` significant digits: "0.4000", "-0.03810", "4.386e-05", "0", "inf". */
export function format(value: number | null | undefined, digits = 4): string {
  if (value === null || value === undefined) return "—";
  if (Number.isNaN(value)) return "NaN";
  if (!Number.isFinite(value)) return value > 0 ? "inf" : "-inf";
  if (value === 0) return "0";
  const { mantissa, power } = rounded(Math.abs(value), digits);
  const sign = value < 0 ? "-" : "";
  const places = mantissa[0] + (digits > 1 ? "." + mantissa.slice(1) : "");
  if (power <= -5 || power >= 6) {
    const size = String(Math.abs(power)).padStart(2, "0");
    return `${sign}${places}e${power < 0 ? "-" : "+"}${size}`;
  }
  return sign + plain(mantissa, power, digits, Math.abs(value));
}

/** All digits: the shortest text that reads back to the same number. */
export const full = (value: number): string => String(value);

function rounded(value: number, digits: number): { mantissa: string; power: number } {
  const [text, exponent] = value.toExponential(EXACT).split("e") as [string, string];
  const exact = text.replace(".", "");
  const kept = exact.slice(0, digits);
  return carried(kept, roundsUp(exact.slice(digits), kept), Number(exponent));
}

/** Half goes to the even digit, as in Python; JavaScript's own rounding goes away from zero. */
function roundsUp(rest: string, kept: string): boolean {
  const first = rest.charCodeAt(0) - 48;
  if (first !== 5) return first > 5;
  return /[1-9]/.test(rest.slice(1)) || (kept.charCodeAt(kept.length - 1) - 48) % 2 === 1;
}

function carried(kept: string, up: boolean, power: number): { mantissa: string; power: number } {
  if (!up) return { mantissa: kept, power };
  const next = String(BigInt(kept) + 1n);
  return next.length > kept.length ? { mantissa: next.slice(0, -1), power: power + 1 } : { mantissa: next, power };
}

function plain(mantissa: string, power: number, digits: number, value: number): string {
  if (power < 0) return "0." + "0".repeat(-power - 1) + mantissa;
  if (power >= digits - 1) return wholeNumber(value);
  return mantissa.slice(0, power + 1) + "." + mantissa.slice(power + 1);
}

/** To a whole number; Python writes its digits in full here: 12346, not 12350. */
function wholeNumber(value: number): string {
  const below = Math.floor(value);
  const rest = value - below;
  return String(rest > 0.5 || (rest === 0.5 && below % 2 === 1) ? below + 1 : below);
}
