// Where documents live: collections by path, found also by their id (collection groups) and through the
// document above them, so that a document that is missing but has collections below it can be listed.
import { splitLast } from "../document/path.ts";
import type { StoredDocument } from "../document/value.ts";

export interface Collection {
  readonly path: string;
  readonly id: string;
  /** The path of the document above, "" for a root collection. */
  readonly parent: string;
  readonly documents: ReadonlyMap<string, StoredDocument>;
  /** The collections below each of its documents, by document id, then by collection id. */
  readonly below: ReadonlyMap<string, ReadonlyMap<string, Collection>>;
}

interface Node extends Collection {
  readonly documents: Map<string, StoredDocument>;
  readonly below: Map<string, Map<string, Node>>;
}

export class Tree {
  readonly #byPath = new Map<string, Node>();
  readonly #groups = new Map<string, Set<Node>>();
  readonly #roots = new Map<string, Node>();

  get(path: string): StoredDocument | undefined {
    const [collection, id] = splitLast(path);
    return this.#byPath.get(collection)?.documents.get(id);
  }

  put(document: StoredDocument): void {
    const [path, id] = splitLast(document.path);
    this.#ensure(path).documents.set(id, document);
  }

  delete(path: string): void {
    const [collectionPath, id] = splitLast(path);
    const collection = this.#byPath.get(collectionPath);
    if (collection?.documents.delete(id)) this.#prune(collection);
  }

  collection(path: string): Collection | undefined {
    return this.#byPath.get(path);
  }

  /** All collections with this id, wherever they are. */
  group(id: string): Iterable<Collection> {
    return this.#groups.get(id) ?? [];
  }

  all(): Iterable<Collection> {
    return this.#byPath.values();
  }

  /** The ids of the collections directly below a document, or below the root (""). */
  collectionIds(parent: string): Iterable<string> {
    return this.#childrenOf(parent)?.keys() ?? [];
  }

  #childrenOf(parent: string): Map<string, Node> | undefined {
    if (parent === "") return this.#roots;
    const [collection, id] = splitLast(parent);
    return this.#byPath.get(collection)?.below.get(id);
  }

  #ensure(path: string): Node {
    const existing = this.#byPath.get(path);
    if (existing) return existing;
    const [parent, id] = splitLast(path);
    const node: Node = { path, id, parent, documents: new Map(), below: new Map() };
    this.#byPath.set(path, node);
    ensureIn(this.#groups, id, () => new Set<Node>()).add(node);
    this.#siblings(parent).set(id, node);
    return node;
  }

  #siblings(parent: string): Map<string, Node> {
    if (parent === "") return this.#roots;
    const [collection, id] = splitLast(parent);
    return ensureIn(this.#ensure(collection).below, id, () => new Map<string, Node>());
  }

  /** Forgets a collection that holds nothing any more, and those above that held nothing else. */
  #prune(collection: Node): void {
    if (collection.documents.size > 0 || collection.below.size > 0) return;
    this.#byPath.delete(collection.path);
    const group = this.#groups.get(collection.id);
    group?.delete(collection);
    if (group?.size === 0) this.#groups.delete(collection.id);
    const siblings = this.#childrenOf(collection.parent);
    siblings?.delete(collection.id);
    if (collection.parent === "" || siblings === undefined || siblings.size > 0) return;
    const [abovePath, id] = splitLast(collection.parent);
    const above = this.#byPath.get(abovePath);
    above?.below.delete(id);
    if (above) this.#prune(above);
  }
}

function ensureIn<T>(map: Map<string, T>, key: string, create: () => T): T {
  const existing = map.get(key);
  if (existing !== undefined) return existing;
  const created = create();
  map.set(key, created);
  return created;
}
