// Which imports go with the place that used them, and what of a statement stays.
import { expect, test } from 'vitest';
import { tidierFor } from '../../src/resolution/tidied.ts';

test.each([
  ['a.ts', 'import A, { B, C as D } from "x";\nimport type { T } from "./t";\nA; D;\n', 'B; T', 'import A, { C as D } from "x";\nA; D;\n'],
  ['a.ts', 'import {\n  A,\n  B,\n} from "x";\nA;\n', 'B', 'import {\n  A,\n} from "x";\nA;\n'],
  ['a.ts', 'import A, { B } from "x";\nA;\n', 'B', 'import A from "x";\nA;\n'],
  ['a.ts', 'import A, { B } from "x";\nB;\n', 'A', 'import { B } from "x";\nB;\n'],
  ['a.js', 'const { a, b: c } = require("x");\nconst z = require("z");\na;\n', 'c; z', 'const { a } = require("x");\na;\n'],
  ['a.py', 'from x import a, b as c\nfrom y import (\n    d,\n    e,\n)\nimport os\nimport os.path as p\na(d)\n', 'c e os p', 'from x import a\nfrom y import (\n    d,\n)\na(d)\n'],
  ['A.java', 'import a.b.C;\nimport static a.D.e;\nclass X { C c; }\n', 'e()', 'import a.b.C;\nclass X { C c; }\n'],
  ['a.go', 'import (\n\t"fmt"\n\tlog "x/logrus"\n\t"x/go-foo/v2"\n)\nfmt.Print()\n', 'log foo', 'import (\n\t"fmt"\n)\nfmt.Print()\n'],
  ['a.rs', 'use a::b::{C, D};\nuse x::Y;\nuse q::*;\nC\n', 'D Y', 'use a::b::{C};\nuse q::*;\nC\n'],
  ['a.php', '<?php\nuse A\\B;\nuse C\\D as E;\nnew B;\n', 'E', '<?php\nuse A\\B;\nnew B;\n'],
])('%s: %j', (path, text, used, wanted) => {
  expect(tidierFor(path, [used])(text)).toBe(wanted);
});

test.each([
  ['no side used it either: it may work by being there', 'a.rs', 'use std::io::Read;\nx.read()\n', 'x.read()'],
  ['a name that something else says', 'a.ts', 'import { a } from "x";\n// a stays\n', 'a'],
  ['a module that only runs', 'a.ts', 'import "./side";\nrun();\n', 'side'],
  ['markup may need it', 'a.tsx', 'import React from "react";\n<p/>;\n', 'React.memo'],
  ['everything of a module', 'a.py', 'from x import *\n', 'x'],
  ['what the future brings', 'a.py', 'from __future__ import annotations\n', 'annotations'],
  ['a language it does not read', 'a.c', '#include "a.h"\n', 'a'],
])('%s: nothing is taken out', (_, path, text, used) => {
  expect(tidierFor(path, [used])(text)).toBeNull();
});

test.each([
  ['a.py', `from x import ${' '.repeat(200_000)}(`], ['a.ts', 'import a\n'.repeat(20_000)], ['a.ts', `import {a} from "x"${' '.repeat(200_000)}y`], ['a.java', `import a.b${' '.repeat(200_000)}x`],
])('%s: a long text that only looks like one is gone through once', (path, text) => {
  expect(tidierFor(path, ['a'])(text)).toBeNull();
});
