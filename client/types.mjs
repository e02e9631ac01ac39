// Writes the declarations of the built package. What they take from the contract is written out beside them, plainly: who
// installs the package has neither the contract nor its schema library.
import { mkdir, rm, writeFile } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";

const root = dirname(fileURLToPath(import.meta.url));
const outDir = join(root, "lib", "types");
const contract = "@faultline/contract";

const config = ts.getParsedCommandLineOfConfigFile(
  join(root, "tsconfig.json"),
  { noEmit: false, declaration: true, emitDeclarationOnly: true, outDir, rootDir: join(root, "..") },
  { ...ts.sys, onUnRecoverableConfigFileDiagnostic: fail },
);
const entries = ["src/index.ts", "react/index.ts"].map((path) => join(root, path));
const program = ts.createProgram(entries, config.options);
const checker = program.getTypeChecker();

const texts = declarations();
const contractFile = join(outDir, "contract.d.ts");
const used = [...texts.values()].flatMap((text) => namesFrom(text));
await rm(outDir, { recursive: true, force: true });
for (const [file, text] of texts) {
  const path = relative(dirname(file), contractFile).replace(/\.d\.ts$/, ".js");
  const address = path.startsWith(".") ? path : `./${path}`;
  await write(
    file,
    text.replaceAll(`"${contract}"`, `"${address}"`).replaceAll(/(["'])(\..*?)\.ts\1/g, '"$2.js"'),
  );
}
await write(contractFile, contractTypes(used));

/** The client's own, by where they go. */
function declarations() {
  const found = new Map();
  for (const source of program.getSourceFiles().filter(({ fileName }) => isOwn(fileName))) {
    const keep = (_path, text) => {
      const path = relative(root, source.fileName).replace(/\.ts$/, ".d.ts");
      found.set(join(outDir, path), text);
    };
    const { diagnostics } = program.emit(source, keep, undefined, true);
    if (diagnostics.length > 0) fail(diagnostics[0]);
  }
  return found;
}

function isOwn(fileName) {
  return fileName.startsWith(`${root}/`) && !fileName.includes("/node_modules/");
}

/** What a declaration takes from the contract. */
function namesFrom(text) {
  const lists = [...text.matchAll(/(?:import|export) (?:type )?\{([^}]*)\} from "@faultline\/contract"/g)];
  const inline = [...text.matchAll(/import\("@faultline\/contract"\)\.(\w+)/g)];
  const listed = lists.flatMap(([, list]) => list.split(","));
  return [...listed, ...inline.map(([, name]) => name)]
    .map((name) => name.trim().replace(/^type /, ""))
    .filter(Boolean);
}

/** Each type, written out, and the types that it names in turn. */
function contractTypes(names) {
  const [anchor] = program
    .getSourceFiles()
    .filter(({ fileName }) => fileName.endsWith("/contract/src/index.ts"));
  const symbols = new Map(
    checker.getExportsOfModule(checker.getSymbolAtLocation(anchor)).map((symbol) => [symbol.name, symbol]),
  );
  const lines = new Map();
  const add = (name) => {
    const symbol = symbols.get(name);
    if (!symbol || lines.has(name) || !(resolved(symbol).flags & ts.SymbolFlags.Type)) return;
    const text = declarationOf(name, checker.getDeclaredTypeOfSymbol(resolved(symbol)));
    lines.set(name, text);
    for (const [word] of text.matchAll(/\b[A-Za-z]\w*\b/g)) if (word !== name) add(word);
  };
  for (const name of names) add(name);
  return `${[...lines.values()].join("\n")}\n`;
}

function declarationOf(name, type) {
  const { NoTruncation, InTypeAlias, UseAliasDefinedOutsideCurrentScope } = ts.TypeFormatFlags;
  const flags = NoTruncation | InTypeAlias | UseAliasDefinedOutsideCurrentScope;
  const textOf = (one) => checker.typeToString(one, undefined, flags);
  if (!type.isClassOrInterface()) return `export type ${name} = ${textOf(type)};`;
  // Its name alone would say nothing.
  const members = checker.getPropertiesOfType(type).map((property) => {
    const isOptional = (property.flags & ts.SymbolFlags.Optional) !== 0;
    return `  readonly ${property.name}${isOptional ? "?" : ""}: ${textOf(checker.getTypeOfSymbol(property))};`;
  });
  return `export interface ${name} {\n${members.join("\n")}\n}`;
}

function resolved(symbol) {
  return symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
}

async function write(file, text) {
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, text);
}

function fail(diagnostic) {
  throw new Error(ts.flattenDiagnosticMessageText(diagnostic.messageText, "\n"));
}
