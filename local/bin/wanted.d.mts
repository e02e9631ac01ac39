export declare function findChromium(): string | undefined;
export declare function findPython(): string | undefined;
export declare const wanted: readonly {
  readonly name: string;
  readonly neededBy: string;
  isThere(): boolean;
}[];
