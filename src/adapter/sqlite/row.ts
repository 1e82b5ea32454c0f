// Cells of a result row, checked: a state file is input like any other. Knows no table.
import { corrupt } from './failure.ts';

type Row = Readonly<Record<string, unknown>> | undefined;

export function integerAt(row: Row, column: string, file: string): number {
  const cell = row?.[column];
  if (typeof cell !== 'number') throw corrupt(file, `${column} is not a number`);
  return cell;
}

export function textAt(row: Row, column: string, file: string): string {
  const cell = row?.[column];
  if (typeof cell !== 'string') throw corrupt(file, `${column} is not text`);
  return cell;
}
