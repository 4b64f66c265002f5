import { FanfoldError } from '../../core/errors.ts';

/** There is a row with that slug. */
export function slugTaken(slug: string): FanfoldError {
  return new FanfoldError('SlugTaken', `There is a tenant with the slug "${slug}" already.`, {
    fault: 'usage',
    nextStep: 'Choose another slug, or look at the one that is there: `fanfold tenant:list`',
  });
}
