const inspect = Symbol.for("nodejs.util.inspect.custom")

/**
 * Wraps what holds a person or content, for code that must not print it: JSON, text and inspection show `<personal>`. Read it
 * with {@link Personal.open}, only where it is sealed or sent. Every event makes one, so it is not a `Redacted`: those live in
 * one weak map, and the garbage collector pays for each.
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
