// ListDocuments: a collection page by page, with the documents that are missing but have collections below them.

import { maskDocument } from "../document/document.ts";
import type { FieldPath } from "../document/field.ts";
import { compareIds, join, splitLast } from "../document/path.ts";
import type { Database, View } from "../store/database.ts";
import type { ListDocumentsRequest } from "../wire/messages.ts";
import { invalidArgument } from "../wire/status.ts";

export interface Page {
  /** The documents of the page, in the order of their ids. */
  readonly paths: readonly string[];
  /** The response, with the documents as `view` has them. */
  render(view: View, mask: readonly FieldPath[] | undefined): object;
}

/** The page that a request asks for; of 100 documents when it does not say how many. */
export function listPage(database: Database, request: ListDocumentsRequest, view: View): Page {
  const { collectionId, pageSize, pageToken = "", showMissing } = request;
  if (!collectionId) throw invalidArgument("The request names no collection.");
  if (request.orderBy && request.orderBy !== "__name__")
    throw invalidArgument("Documents are listed by name only.");
  const path = join(database.names.parent(request.parent), collectionId);
  const ids = idsOf(database, path, view, showMissing === true).sort(compareIds);
  const rest = pageToken === "" ? ids : ids.filter((id) => compareIds(id, pageToken) > 0);
  const paged = rest.slice(0, pageSize || 100);
  const paths = paged.map((id) => join(path, id));
  const nextPageToken = paged.length < rest.length ? (paged.at(-1) ?? "") : "";
  const render: Page["render"] = (at, mask) => ({
    documents: paths.flatMap((each) => {
      const document = at.get(each);
      if (document) return [maskDocument(document, mask)];
      return showMissing ? [{ name: database.names.full(each) }] : [];
    }),
    nextPageToken,
  });
  return { paths, render };
}

function idsOf(database: Database, path: string, view: View, withMissing: boolean): string[] {
  const [parent, collectionId] = splitLast(path);
  const ids = new Set<string>();
  view.scan({ parent, collectionId, allDescendants: false }, (document) =>
    ids.add(splitLast(document.path)[1]),
  );
  if (withMissing) for (const id of database.tree.collection(path)?.below.keys() ?? []) ids.add(id);
  return [...ids];
}
