/**
 * The plain English of this repository: one rule for each word or phrase that native readers stumble
 * over. `scripts/check-words.ts` holds comments, documents, messages and test titles to it.
 *
 * `match` is a regular expression without regard to case; a space in it matches any white space.
 * `use` replaces it ($1 is the first group) or, in parentheses, says what to write. A look-behind or
 * look-ahead may only be negative: the rule that applies them replaces the matched words alone.
 * `bad` and `good` show the rule and are its test.
 */
export interface GlossaryRule {
  readonly match: string;
  readonly use: string;
  readonly bad: string;
  readonly good: string;
}

/** Rules for all prose. */
export const GLOSSARY: readonly GlossaryRule[] = [
  // "Resume" is the field's word. To go on with something is what people do after an interruption.
  {
    match: '(?:gone|goes?|going|went) on with',
    use: '(resume)',
    bad: 'An interrupted migration is gone on with.',
    good: 'An interrupted migration resumes.',
  },
  // "Roll back" is the field's word; one takes back a promise.
  {
    match: String.raw`(?:take|takes|taken|taking|took)(?: \w+){0,2} back(?! (?:to|from)\b)`,
    use: '(roll back)',
    bad: 'The last batch is taken back.',
    good: 'The last batch is rolled back.',
  },
  // A migration of which only some statements took effect is half-applied, a program interrupted.
  {
    match: 'half[- ]?way|midway',
    use: '(half-applied, interrupted)',
    bad: 'The migration was stopped half-way.',
    good: 'The migration was interrupted.',
  },
  // "Behind" is a place or a lag. What comes later in time or in a text comes after.
  {
    match: String.raw`(?<!\b(?:tenants?|is|are|be|being|migrations?|versions?|lags?|falls?|fell|far|were|was|databases?|all|one|\d+|left|leaves?|leaving|nothing|queued?|queues) )\bbehind (?!(?:an?|the|its|this|your) (?:[\w-]+ )?(?:proxy|balancer|firewall|gateway|scenes|alias|link)\b|(?:when|and|if|once|or|in|on)\b)\S`,
    use: '(after)',
    bad: 'A full stop comes behind the message.',
    good: 'A database behind the newest version is pending; it may be behind a proxy.',
  },
  // "Where" is a place. A condition is "if" or "when".
  {
    match: String.raw`\b(?:also|even|only|except|save|but|not) where\b`,
    use: '(if, when)',
    bad: 'The lock is freed even where the migration fails.',
    good: 'The lock is freed even if the migration fails, and the report says where it failed.',
  },
  {
    match: String.raw`(?<!\b(?:says?|said|knows?|sees?|shows?|tells?|told|asks?|from|of|at|on|folder|places?|lines?|files?|databases?|servers?|columns?|spots?|one|and|points?|looks?|finds?|remembers?|resolves|reads?|resumes?) )\bwhere (?:there (?:is|are|was)|it (?:does|is not|cannot|can|may|must|has|lacks|fails|takes|should|would)|none (?:is|are|was)|no|nothing|nobody|one|that is|this is|they (?:are|have|do|can)|such)\b`,
    use: '(if, when)',
    bad: 'A tenant is skipped where there is no database.',
    good: 'A tenant is skipped if it has no database. The log says where it is not reachable.',
  },
  {
    match: String.raw`\b(?:undefined|nothing|none|fails?|throws?|absent|passes) where\b(?! (?:it|they) (?:is|are|was|were|stopped|ended)\b)`,
    use: '(if, when)',
    bad: 'The look-up throws where the server refuses it.',
    good: 'The look-up throws if the server refuses it.',
  },
  {
    match: String.raw`\bwhere (?:something|somebody|anybody|everything|anything|all (?:is|are|was|went|goes)|either|neither|(?:it|this) makes|there can|(?:its|their) (?:end|number|name|value|size) (?:is|are)|the \w+ (?:does|do|did|is|was|were|can|has|had) (?:not|no|killed|empty|missing|absent))\b`,
    use: '(if, when)',
    bad: 'The last words, where all went well.',
    good: 'The last words, if all went well.',
  },
  // Negates a verb, as in "a file that is not a migration"; "is no X" is not how it is said.
  {
    match: String.raw`(?<!\bthere )\b(is|are|was|were) no\b(?! (?:longer|more|less|fewer|\w+er)\b)`,
    use: '$1 not (a), or: no … $1',
    bad: 'A view is no table.',
    good: 'A view is not a table; there is no table, and it is no longer pending.',
  },
  // Says which tenants, rows or files remain, not that something was "left".
  {
    match: String.raw`\bwhat (?:is|was|are|were|remains|(?:an?|the)(?: \w+){1,2}) left\b(?! (?:join|side|of the))`,
    use: '(the remaining …, tenants that failed or were not reached)',
    bad: 'Retry what an earlier run left.',
    good: 'Retry tenants that failed or were not reached.',
  },
  // "Stand" for "be": things are in a file, after a comma, or have a status.
  {
    match: String.raw`\b(?:stands?|stood)\b(?! for\b| in for\b|-)`,
    use: '(is, has, appears)',
    bad: 'The comment stands above the function.',
    good: 'The comment is above the function; the ellipsis stands for the rest.',
  },
  // "Lie" for "be": files are in a folder.
  {
    match: String.raw`\blies?\b`,
    use: 'is',
    bad: 'The map lies beside the code.',
    good: 'The map is beside the code.',
  },
  // Says what is done: the program checks what would block.
  {
    match: String.raw`\blook(?:s|ed|ing)? what\b`,
    use: '(check what)',
    bad: 'Look what would keep the run from starting.',
    good: 'Check what would block the run.',
  },
  // The reader wants to know who must act.
  {
    match: 'whose turn',
    use: '(who must act)',
    bad: 'The message says whose turn it is.',
    good: 'The message says who must act.',
  },
  // "Grant" is the word for rights.
  {
    match: String.raw`\blets? (?:at|see|do|read|write|start|stop|provision)\b`,
    use: '(grants … access)',
    bad: 'The policy lets see runs.',
    good: 'The policy grants read access to runs.',
  },
  {
    match: String.raw`\bmend(?:s|ed|ing)?\b`,
    use: '(fix, repair)',
    bad: 'Mend the migration and retry.',
    good: 'Fix the migration and retry.',
  },
  // What is found out is determined, what is distinguished is distinguished, and users are shown.
  {
    match: String.raw`\b(?:told|tells?|telling) apart\b`,
    use: '(distinguished, distinguishes)',
    bad: 'Tenants are told apart by id.',
    good: 'Tenants are distinguished by id.',
  },
  {
    match: String.raw`\btold (?:by|from|in)\b`,
    use: '(determined by, shown by)',
    bad: 'The kind is told by name.',
    good: 'The kind is determined by name. The user is told to retry.',
  },
  {
    match: String.raw`\b(?:told|tells?|telling) of\b`,
    use: '(reports, is informed about)',
    bad: 'The summary tells of failed tenants.',
    good: 'The summary reports failed tenants.',
  },
  {
    match: String.raw`\b(?:tells? its end|says? how (?:it|they) stands?)\b`,
    use: '(shows whether it finished; marks it as …)',
    bad: 'The journal tells its end.',
    good: 'The journal shows whether the run finished.',
  },
  // Code assumes or checks; people believe.
  {
    match: String.raw`\bbeliev(?:e|es|ed|ing)\b`,
    use: '(assume, trust)',
    bad: 'The row is believed for a minute.',
    good: 'The row is trusted for a minute.',
  },
  // A caller requests something, a program prompts, a server is queried.
  {
    match: String.raw`\b(?:is|are|was|were|be|been) asked for\b`,
    use: '(is requested)',
    bad: 'The summary is asked for before it exists.',
    good: 'The summary is requested before it exists. The user is asked to confirm.',
  },
  // Names the caller, the user or the process.
  {
    match: String.raw`\bwho(?:so)?ever\b`,
    use: '(the caller, anyone who)',
    bad: 'Whoever waits gets an error.',
    good: 'The waiting process gets an error.',
  },
  {
    match: String.raw`\b(?:by whom|nobody knows whom|is told by whom)\b`,
    use: '(who)',
    bad: 'The error says by whom the lock is held.',
    good: 'The error names the lock holder.',
  },
  {
    match: "without (?:any|some)body['’]s doing",
    use: '(if retried, by itself)',
    bad: 'It may succeed later without anybody’s doing.',
    good: 'It may succeed if retried.',
  },
  {
    match: 'polite goodbye',
    use: '(COM_QUIT)',
    bad: 'A polite goodbye would wait for that.',
    good: 'COM_QUIT would queue behind the running statement.',
  },
  {
    match: 'for want of',
    use: '(without)',
    bad: 'It fails for want of rights.',
    good: 'It fails without the privilege.',
  },
  {
    match: 'in vain',
    use: '(without success)',
    bad: 'The driver waits in vain.',
    good: 'The driver waits until its timeout.',
  },
  // Something exists, or is present.
  {
    match: String.raw`\b(?:that|which|ones?) (?:is|are|was|were) there\b(?! (?:an?|no|any)\b)`,
    use: '(that exists, existing)',
    bad: 'Columns that are there stay.',
    good: 'Existing columns stay.',
  },
];

/** Rules for the beginning of a comment: its subject comes first. */
export const OPENINGS: readonly GlossaryRule[] = [
  // A noun clause hides the subject: "Statements that …" says at once what the reader looks at.
  {
    match: String.raw`(?<![^z] |^ |\S)(?:What|Who|Whom|Whose|Whichever)\b`,
    use: '(the subject itself, as in "Statements that …")',
    bad: 'What the server says of itself.',
    good: 'The version that the server reports.',
  },
  {
    match: String.raw`(?<![^z] |^ |\S)Where\b`,
    use: '(If, When; or the subject itself, as in "Folder of …")',
    bad: 'Where runs are kept.',
    good: 'Folder of the runs.',
  },
];

interface NameRule {
  /** A part of a name, as its words in lower case with spaces. */
  readonly match: RegExp;
  readonly use: string;
  readonly bad: string;
  readonly good: string;
}

/** Rules for the names of functions, variables, properties and types. */
export const NAMES: readonly NameRule[] = [
  {
    match: /\btakes? back\b|\btaken back\b/,
    use: 'isRollback',
    bad: 'takesBack',
    good: 'isRollback',
  },
  { match: /\bhow to go on\b/, use: 'recoveryHint', bad: 'howToGoOn', good: 'recoveryHint' },
  {
    match: /\bwhat is reached\b/,
    use: 'reachedVersion',
    bad: 'whatIsReached',
    good: 'reachedVersion',
  },
  {
    match: /\bsay that nothing is done\b/,
    use: 'reportEarlyExit',
    bad: 'sayThatNothingIsDone',
    good: 'reportEarlyExit',
  },
  { match: /\bor stop\b/, use: 'stopOnError', bad: 'orStop', good: 'stopOnError' },
  { match: /\bkept login\b/, use: 'cachedLogin', bad: 'keptLogin', good: 'cachedLogin' },
  // A name is a noun, a verb with its object, or a question with "is" or "has".
  {
    match: /^(?:what|whose|whom|whoever) /,
    use: 'a noun, or a verb with its object',
    bad: 'whatStands',
    good: 'pendingMigrations',
  },
  { match: /\bmend(?:s|ed)?\b/, use: 'fix, repair', bad: 'mendLock', good: 'repairLock' },
  { match: /\bgo(?:es|ne)? on with\b/, use: 'resume', bad: 'goOnWith', good: 'resumeMigration' },
];

interface Exception {
  /** A file, or the beginning of its path. */
  readonly path: string;
  /** Words as they are found. */
  readonly words: string;
  readonly reason: string;
}

/** Places at which a rule is wrong. */
export const EXCEPTIONS: readonly Exception[] = [
  {
    path: 'scripts/words/glossary.ts',
    words: '',
    reason: 'The list itself names what it replaces.',
  },
  {
    path: 'src/adapters/report/report-script.ts',
    words: 'let at',
    reason: 'A declaration in JavaScript that the text holds.',
  },
];
