// Numbers among a verb's flags. Null when the flag was left out.
import { MaestroError } from '../../error.ts';
import type { Call } from '../verb.ts';

export function fractionOf(call: Call, flag: string): number | null {
  const given = call.value(flag);
  const value = Number(given);
  if (given !== null && !(given.trim() !== '' && value >= 0 && value <= 1)) throw new MaestroError('usage', `--${flag} has to be a number from 0 to 1`);
  return given === null ? null : value;
}

export function countOf(call: Call, flag: string): number | null {
  const given = call.value(flag);
  if (given !== null && !/^\d{1,9}$/.test(given)) throw new MaestroError('usage', `--${flag} has to be a whole number`);
  return given === null ? null : Number(given);
}
