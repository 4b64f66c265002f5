import { ANSWERS_AND_ERRORS } from './cases/answers-and-errors.ts';
import { CHANGED_FILES } from './cases/changed-files.ts';
import { DATA_AND_NAMES } from './cases/data-and-names.ts';
import { ERRORS_AND_ANSWERS } from './cases/errors-and-answers.ts';
import { FUNCTIONS_THAT_WRITE } from './cases/functions-that-write.ts';
import { GUARDED } from './cases/guarded.ts';
import { IDS_AND_QUESTIONS } from './cases/ids-and-questions.ts';
import { LISTS_AND_RECORDS } from './cases/lists-and-records.ts';
import { MIXED } from './cases/mixed.ts';
import { OPEN_FAULTS } from './cases/open-faults.ts';
import { SCHEMA_AND_SESSION } from './cases/schema-and-session.ts';
import { SESSION_SETTINGS, TRANSACTION_SETTINGS } from './cases/session-settings.ts';
import { SESSIONS_AND_LOCKS } from './cases/sessions-and-locks.ts';
import { SWALLOWED_ERRORS } from './cases/swallowed-errors.ts';
import { type ChaosCase, type Subject, subjectOf } from './chaos-case.ts';

/** Every case by the file that has it. */
const CASES_BY_GROUP: Readonly<Record<string, readonly ChaosCase[]>> = {
  'open faults': OPEN_FAULTS,
  'schema and session': SCHEMA_AND_SESSION,
  'data and names': DATA_AND_NAMES,
  mixed: MIXED,
  'answers and errors': ANSWERS_AND_ERRORS,
  'session settings': SESSION_SETTINGS,
  'settings of transactions': TRANSACTION_SETTINGS,
  'swallowed errors': SWALLOWED_ERRORS,
  'changed files': CHANGED_FILES,
  'errors and answers': ERRORS_AND_ANSWERS,
  'functions that write': FUNCTIONS_THAT_WRITE,
  'ids and questions': IDS_AND_QUESTIONS,
  'lists and records': LISTS_AND_RECORDS,
  'sessions and locks': SESSIONS_AND_LOCKS,
  guarded: GUARDED,
};

export const ALL_CASES: readonly Subject[] = Object.values(CASES_BY_GROUP).flat().map(subjectOf);
