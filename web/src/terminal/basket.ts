/** A basket: one line an item and price, quantities and prices within what a quote takes. */
import type { AskedLine, Item } from "@/api/till";

export interface BasketLine {
  readonly item: Item;
  readonly quantity: number;
  /** Fen; null until the cashier has said it. */
  readonly price: number | null;
}

export type Basket = readonly BasketLine[];
export const MOST_LINES = 50;
export const MOST_QUANTITY = 9_999;
const MOST_PRICE = 100_000_000;

/** One more of an item; a new line where there is none. Full: the basket stays as it is. */
export function withItem(basket: Basket, item: Item, price: number | null): Basket {
  const at = basket.findIndex((line) => line.item.code === item.code);
  if (at >= 0) return withQuantity(basket, at, (basket[at]?.quantity ?? 0) + 1);
  return basket.length >= MOST_LINES ? basket : [...basket, { item, quantity: 1, price }];
}

/** Below one: the line goes. */
export function withQuantity(basket: Basket, at: number, quantity: number): Basket {
  const line = basket[at];
  if (line === undefined || !Number.isInteger(quantity)) return basket;
  if (quantity < 1) return basket.filter((_, n) => n !== at);
  return basket.with(at, { ...line, quantity: Math.min(quantity, MOST_QUANTITY) });
}

export function withPrice(basket: Basket, at: number, price: number | null): Basket {
  const line = basket[at];
  return line === undefined ? basket : basket.with(at, { ...line, price: price !== null && price > MOST_PRICE ? null : price });
}

export function totalOf(basket: Basket): number {
  return basket.reduce((sum, { quantity, price }) => sum + quantity * (price ?? 0), 0);
}

/** Whether it can be quoted: something in it, and every line has its price. */
export function isPriced(basket: Basket): boolean {
  return basket.length > 0 && basket.every(({ price }) => price !== null && price > 0);
}

/** As a quote wants it. */
export function asked(basket: Basket): AskedLine[] {
  return basket.map(({ item, quantity, price }) => ({ code: item.code, quantity, unit_price_fen: price ?? 0 }));
}
