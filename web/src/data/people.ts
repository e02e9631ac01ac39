/** Members and their names. Only those who may assign issues are told of the others. */
import { useFaultline } from "@faultline/client/react";
import { type Actor, can, type Member, type Principal } from "@faultline/contract";
import { createContext, createElement, type ReactNode, useCallback, useContext, useMemo } from "react";
import { text } from "../text/index.ts";
import { useFetched } from "./fetched.ts";
import { useWorkspace } from "./workspace.ts";

export interface People {
  readonly members: readonly Member[];
  readonly personName: (uid: string) => string;
  readonly actorName: (actor: Actor) => string;
}

const none: readonly never[] = [];
const Context = createContext<People | undefined>(undefined);

export function PeopleProvider({ children }: { readonly children: ReactNode }) {
  const { api } = useFaultline();
  const { principal } = useWorkspace();
  const mayList = can(principal, "assign");
  const members = useFetched(
    useCallback(async () => (mayList ? (await api.members.list()).items : none), [api, mayList]),
  );
  const value = useMemo(() => peopleOf(members, principal), [members, principal]);
  return createElement(Context.Provider, { value }, children);
}

export function usePeople(): People {
  const people = useContext(Context);
  if (!people) throw new Error("there is no PeopleProvider around this component");
  return people;
}

/** Nobody is called unknown while the members are still on their way. */
function peopleOf(members: readonly Member[] | undefined, { uid: self }: Principal): People {
  const names = new Map(members?.map(({ uid, name }) => [uid, name ?? uid]));
  const unknown = members ? text.people.unknown : "";
  return {
    members: members ?? none,
    personName: (uid) => (uid === self ? text.people.you : (names.get(uid) ?? unknown)),
    actorName({ uid, name }) {
      if (uid === null) return text.people.system;
      return uid === self ? text.people.you : (names.get(uid) ?? name ?? unknown);
    },
  };
}
