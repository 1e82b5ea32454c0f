// The npm package ships no types. One function: an array of blocks that are settled or not, in order.
declare module 'diff3' {
  type Block<T> = { readonly ok: readonly T[] } | { readonly conflict: { readonly a: readonly T[]; readonly aIndex: number; readonly o: readonly T[]; readonly oIndex: number; readonly b: readonly T[]; readonly bIndex: number } };
  /** `o` is the common base. Equal changes on both sides are settled; touching ones are not. */
  export default function diff3<T>(a: readonly T[], o: readonly T[], b: readonly T[]): readonly Block<T>[];
}
