// What the pure room asks of a parser. Loading grammars is an adapter's matter; once loaded, all is synchronous.

export type Entity = {
  /** Path of names, outermost first: `class Foo > method bar`; several with one name carry an index. */
  readonly key: string;
  readonly kind: string;
  /** 0-based; leading comments and decorators included. */
  readonly startLine: number;
  /** Exclusive. Siblings never overlap, children lie within. */
  readonly endLine: number;
};

export type Outline = {
  /** Syntax errors and missing nodes. */
  readonly errorCount: number;
  /** In the order of the text, parents before their children. */
  readonly entities: readonly Entity[];
  /** Lines [start, end) of the leading import block's statements. */
  readonly imports: readonly { readonly startLine: number; readonly endLine: number }[];
};

export type Parser = {
  /** Null where no loaded grammar knows the path, or the parser gave up. */
  outline(path: string, text: string): Outline | null;
};

/** Parts of an entity's key, outermost first. */
export const KEY_JOINT = ' > ';
