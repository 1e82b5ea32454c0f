// What an entity is called: the part of its key that survives an edit of its body.
import type { Node } from 'web-tree-sitter';

const NAME_MAX = 120;

/** Null where the node is no entity after all, such as a call without a title. */
export function nameOf(node: Node): string | null {
  switch (node.type) {
    case 'call_expression': return callName(node);
    case 'assignment_expression': case 'assignment': return short(node.childForFieldName('left')?.text);
    case 'lexical_declaration': case 'variable_declaration': case 'const_declaration': case 'var_declaration': case 'type_declaration':
    case 'field_declaration': case 'property_declaration': case 'constant_declaration': return declaredNames(node);
    case 'impl_item': case 'media_statement': case 'supports_statement': case 'keyframes_statement': case 'at_rule': case 'rule_set': return beforeBody(node);
    case 'export_statement': return exported(node);
    case 'method_declaration': case 'constructor_declaration': return overloaded(node);
    case 'declaration': case 'macro_invocation': return short(node.firstNamedChild?.text);
    case 'class_static_block': case 'static_initializer': return '';
    default: return short((node.childForFieldName('name') ?? node.childForFieldName('property'))?.text);
  }
}

/** `describe('x', ...)`, `app.get('/x', ...)`, `beforeEach(() => ...)`. */
function callName(node: Node): string | null {
  const callee = short(node.childForFieldName('function')?.text);
  const first = node.childForFieldName('arguments')?.firstNamedChild;
  if (callee === null || first === null || first === undefined) return null;
  if (/string/.test(first.type)) return short(`${callee} ${first.text}`);
  return /function/.test(first.type) ? callee : null;
}

function declaredNames(node: Node): string | null {
  const named = node.namedChildren.flatMap((child) => {
    const name = child.childForFieldName('name') ?? (/property_element|const_element/.test(child.type) ? child : null);
    return name === null ? [] : [name.text];
  });
  return short(node.childForFieldName('name')?.text ?? (named.length > 0 ? named.join(', ') : undefined));
}

function beforeBody(node: Node): string | null {
  const body = node.childForFieldName('body') ?? node.namedChildren.find((child) => /block|list/.test(child.type));
  return short(body === undefined ? node.text : node.text.slice(0, body.startIndex - node.startIndex));
}

function exported(node: Node): string | null {
  if (/^export\s+default\b/.test(node.text)) return 'default';
  const source = node.childForFieldName('source')?.text;
  return source === undefined ? 'names' : `from ${source}`;
}

/** Java's overloads and Go's receivers: the types tell methods of one name apart. */
function overloaded(node: Node): string | null {
  const name = node.childForFieldName('name')?.text;
  if (name === undefined) return null;
  const receiver = node.childForFieldName('receiver');
  if (receiver !== null) return short(`${receiver.text.replace(/^\(\s*\w+\s+/, '(')} ${name}`);
  const types = node.childForFieldName('parameters')?.namedChildren.map((one) => one.childForFieldName('type')?.text ?? '') ?? [];
  return short(`${name}(${types.join(', ')})`);
}

function short(text: string | undefined): string | null {
  if (text === undefined) return null;
  const line = text.replace(/\s+/g, ' ').trim();
  return line === '' ? null : line.slice(0, NAME_MAX);
}
