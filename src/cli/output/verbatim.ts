/** A line that is printed just as it is: JSON for programs, or what somebody else's code prints. */
export class Verbatim {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}
