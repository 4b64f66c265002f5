/** A line that is printed unchanged: JSON for programs, or output of somebody else's code. */
export class Verbatim {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}
