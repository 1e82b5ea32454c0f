// Which grammar reads a path, and which of its nodes are entities. Data only: what a grammar's nodes are called.

export type Grammar = {
  /** The file's name in @vscode/tree-sitter-wasm, without `tree-sitter-` and `.wasm`. */
  readonly name: string;
  /** Node type -> the word that opens an entity's key. */
  readonly kinds: Readonly<Record<string, string>>;
  /** Nodes that only wrap: the entity is inside, the lines are the wrapper's. */
  readonly wrappers: ReadonlySet<string>;
  /** Nodes whose children are members of the entity around them. */
  readonly bodies: ReadonlySet<string>;
  readonly imports: ReadonlySet<string>;
};

const LEADING = /comment|^decorator$|^attribute_item$/;

/** Comments, decorators and attributes: they belong to what follows. */
export function leads(nodeType: string): boolean {
  return LEADING.test(nodeType);
}

export function grammarNameOf(path: string): string | null {
  const extension = /\.([A-Za-z]+)$/.exec(path)?.[1]?.toLowerCase();
  return extension === undefined ? null : EXTENSIONS.get(extension) ?? null;
}

export function grammarOf(name: string): Grammar | null {
  return GRAMMARS.get(name) ?? null;
}

const SCRIPT = {
  kinds: {
    function_declaration: 'function', generator_function_declaration: 'function', function_signature: 'function',
    class_declaration: 'class', abstract_class_declaration: 'class', interface_declaration: 'interface', type_alias_declaration: 'type',
    enum_declaration: 'enum', internal_module: 'namespace', module: 'module', lexical_declaration: 'variable', variable_declaration: 'variable',
    method_definition: 'method', abstract_method_signature: 'method', method_signature: 'method', class_static_block: 'static',
    public_field_definition: 'field', field_definition: 'field', property_signature: 'field', call_expression: 'call', assignment_expression: 'set',
    export_statement: 'export',
  },
  wrappers: ['export_statement', 'ambient_declaration', 'expression_statement', 'await_expression'],
  bodies: ['class_body', 'interface_body', 'statement_block'],
  imports: ['import_statement'],
};

const TABLE: readonly { readonly name: string; readonly kinds: Readonly<Record<string, string>>; readonly wrappers: readonly string[]; readonly bodies: readonly string[]; readonly imports: readonly string[]; readonly extensions: readonly string[] }[] = [
  { name: 'typescript', ...SCRIPT, extensions: ['ts', 'mts', 'cts'] },
  { name: 'tsx', ...SCRIPT, extensions: ['tsx'] },
  { name: 'javascript', ...SCRIPT, extensions: ['js', 'jsx', 'mjs', 'cjs'] },
  {
    name: 'python', extensions: ['py', 'pyi'],
    kinds: { function_definition: 'def', class_definition: 'class', assignment: 'set' },
    wrappers: ['decorated_definition', 'expression_statement'], bodies: ['block'],
    imports: ['import_statement', 'import_from_statement', 'future_import_statement'],
  },
  {
    name: 'go', extensions: ['go'],
    kinds: { function_declaration: 'func', method_declaration: 'method', type_declaration: 'type', const_declaration: 'const', var_declaration: 'var', field_declaration: 'field', method_elem: 'method', const_spec: 'const', var_spec: 'var' },
    wrappers: [], bodies: ['field_declaration_list', 'interface_type'], imports: ['import_declaration'],
  },
  {
    name: 'rust', extensions: ['rs'],
    kinds: {
      function_item: 'fn', function_signature_item: 'fn', struct_item: 'struct', enum_item: 'enum', union_item: 'union', trait_item: 'trait', impl_item: 'impl', mod_item: 'mod',
      const_item: 'const', static_item: 'static', type_item: 'type', associated_type: 'type', macro_definition: 'macro', macro_invocation: 'call', field_declaration: 'field', enum_variant: 'variant',
    },
    wrappers: ['expression_statement'], bodies: ['declaration_list'], imports: ['use_declaration', 'extern_crate_declaration'],
  },
  {
    name: 'java', extensions: ['java'],
    kinds: {
      class_declaration: 'class', interface_declaration: 'interface', enum_declaration: 'enum', record_declaration: 'record', annotation_type_declaration: 'annotation',
      method_declaration: 'method', constructor_declaration: 'constructor', compact_constructor_declaration: 'constructor', field_declaration: 'field', constant_declaration: 'field', static_initializer: 'static',
    },
    wrappers: [], bodies: ['class_body', 'interface_body', 'enum_body_declarations'], imports: ['import_declaration'],
  },
  {
    name: 'css', extensions: ['css'],
    kinds: { rule_set: 'rule', media_statement: 'at', supports_statement: 'at', keyframes_statement: 'at', at_rule: 'at', declaration: 'declaration' },
    wrappers: [], bodies: ['block'], imports: ['import_statement'],
  },
  {
    name: 'php', extensions: ['php'],
    kinds: {
      function_definition: 'function', class_declaration: 'class', interface_declaration: 'interface', trait_declaration: 'trait', enum_declaration: 'enum',
      method_declaration: 'method', property_declaration: 'field', const_declaration: 'const',
    },
    wrappers: [], bodies: ['declaration_list'], imports: ['namespace_use_declaration'],
  },
];

const GRAMMARS: ReadonlyMap<string, Grammar> = new Map(TABLE.map((row) => [row.name, { name: row.name, kinds: row.kinds, wrappers: new Set(row.wrappers), bodies: new Set(row.bodies), imports: new Set(row.imports) }]));
const EXTENSIONS: ReadonlyMap<string, string> = new Map(TABLE.flatMap((row) => row.extensions.map((extension) => [extension, row.name] as const)));
/** A path for each grammar there is: for whoever does not know yet what will come. */
export const GRAMMAR_PATHS: readonly string[] = [...EXTENSIONS.keys()].map((extension) => `file.${extension}`);
