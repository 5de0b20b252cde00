const inspect = Symbol.for("nodejs.util.inspect.custom")

/**
 * What holds a person or content, in the hands of code that must not print it: JSON, text and inspection say
 * `<personal>`. Read with {@link Personal.open}, at the edges that seal or send it. One is made for every event, which is
 * why it is not a `Redacted`: those live in one weak map, and the garbage collector pays for each.
 */
export class Personal<A> {
  readonly #value: A

  private constructor(value: A) {
    this.#value = value
  }

  static of<A>(value: A): Personal<A> {
    return new Personal(value)
  }

  static open<A>(personal: Personal<A>): A {
    return personal.#value
  }

  toString(): string {
    return "<personal>"
  }

  toJSON(): string {
    return "<personal>"
  }

  [inspect](): string {
    return "<personal>"
  }
}
