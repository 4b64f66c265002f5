// Developer Guide: "ItemBatcher (Map)". A batch is passed to a child as {"BatchInput": ..., "Items": [...]}.
import { StatesError } from './errors.mjs';
import { wholeNumber } from './fields.mjs';
import { byteLength, MAX_DATA_BYTES } from './limits.mjs';

/** Groups the inputs of single items into inputs of children: `{ input, itemCount }`. */
export async function batchInputs(fields, inputs) {
  const batcher = fields.state.ItemBatcher;
  if (!batcher) return inputs.map((input) => ({ input, itemCount: 1 }));
  const maxItems = (await wholeNumber(fields, 'MaxItemsPerBatch', batcher)) || Infinity;
  const maxBytes = (await wholeNumber(fields, 'MaxInputBytesPerBatch', batcher)) || MAX_DATA_BYTES;
  const shared =
    'BatchInput' in batcher ? { BatchInput: await fields.batchInput(batcher.BatchInput) } : {};
  const emptyBytes = byteLength({ ...shared, Items: [] });
  const batches = [];
  let items = [];
  let bytes = emptyBytes;
  const close = () => {
    if (items.length) batches.push({ input: { ...shared, Items: items }, itemCount: items.length });
    items = [];
    bytes = emptyBytes;
  };
  for (const item of inputs) {
    const size = byteLength(item) + 1;
    if (emptyBytes + size - 1 > maxBytes)
      throw new StatesError(
        'States.ItemReaderFailed',
        `An item is larger than MaxInputBytesPerBatch (${maxBytes}).`,
      );
    // The first item has no comma before it.
    if (items.length >= maxItems || (items.length && bytes + size - 1 > maxBytes)) close();
    items.push(item);
    bytes += size;
  }
  close();
  return batches;
}
