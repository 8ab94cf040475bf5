"""What leaves the service as a message: SQS, EventBridge, SNS text messages and push, SES mail.

Here: putting a message on its way. Not here: what it says (`domain/notices`, `domain/registrations/events.py`).
"""
