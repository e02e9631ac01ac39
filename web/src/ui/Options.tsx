interface OptionsProps<T extends string> {
  readonly names: readonly T[];
  readonly labels: Readonly<Record<T, string>>;
}

/** The options of a select, in the order of `names`. */
export function Options<T extends string>({ names, labels }: OptionsProps<T>) {
  return names.map((name) => (
    <option key={name} value={name}>
      {labels[name]}
    </option>
  ));
}
