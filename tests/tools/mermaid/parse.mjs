// Reads Mermaid documents as a page does, and says of each by which name it is known and what is wrong with it.
//
//   node parse.mjs file…
import { readFileSync } from 'node:fs';
import { JSDOM } from 'jsdom';

const { window } = new JSDOM('<!doctype html><body></body>');
Object.assign(globalThis, { window, document: window.document });

const { default: mermaid } = await import('mermaid');
mermaid.initialize({ startOnLoad: false, securityLevel: 'strict' });

let failed = false;
for (const file of process.argv.slice(2)) {
  const text = readFileSync(file, 'utf8');
  try {
    const { diagramType } = await mermaid.parse(text);
    // `parse` reads any length; to draw, a page refuses more than this, and more edges than these.
    const { maxTextSize, maxEdges } = mermaid.mermaidAPI.defaultConfig;
    const edges = text.split('\n').filter((line) => /^ {2}n\d+ \S*[->]\S*\|/.test(line)).length;
    if (text.length > maxTextSize || edges > maxEdges) throw new Error(`${text.length} characters, ${edges} edges`);
    console.log(`${diagramType} ${edges} ${file}`);
  } catch (error) {
    failed = true;
    console.log(`wrong ${file}: ${error.message}`);
  }
}
process.exit(failed ? 1 : 0);
