import { App } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { TheirStack } from '../lib/stack';

test('the stack contains the state machine', () => {
  const template = Template.fromStack(new TheirStack(new App(), 'Theirs'));
  template.resourceCountIs('AWS::StepFunctions::StateMachine', 1);
});
