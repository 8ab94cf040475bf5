"""Texts for the files that a customer chooses: what they hold, their password, their private key.

Code to language to wording. Each text says what is the case, why, and what to do next.
Korean in 합니다체. Never say who holds a certificate, nor hint at what a password may be.
"""

from registrar.domain.reasons.codes import Code
from registrar.domain.reasons.wording import Wording

FILE_TEXTS: dict[Code, dict[str, Wording]] = {
    Code.FILE_UNREADABLE: {
        "ko": Wording(
            "인증서 파일을 읽을 수 없습니다",
            "파일이 손상되었거나 등록할 수 있는 인증서 파일이 아닙니다. signCert.der(DER 또는 PEM), "
            "signCert.der와 signPri.key 두 파일, PFX·P12, P7B를 등록할 수 있습니다. 원래 있던 곳에서 다시 "
            "복사하거나 다시 내보낸 파일을 선택해 주십시오.",
        ),
        "en": Wording(
            "The file cannot be read",
            "The file is damaged, or not a certificate file that can be registered. Accepted are signCert.der "
            "(DER or PEM), signCert.der together with signPri.key, PFX or P12, and P7B. Copy or export it again "
            "and choose the new file.",
        ),
    },
    Code.FILE_NO_CERTIFICATE: {
        "ko": Wording(
            "파일에 인증서가 없습니다",
            "선택한 파일에서 고객님의 인증서를 찾지 못했습니다. 개인키 파일(signPri.key)에는 인증서가 들어 "
            "있지 않습니다. 같은 폴더의 signCert.der를 선택하거나, signCert.der와 signPri.key를 함께 선택해 "
            "주십시오.",
        ),
        "en": Wording(
            "No certificate in this file",
            "Your certificate was not found in what you chose. The private key file (signPri.key) holds no "
            "certificate. Choose signCert.der in the same folder, alone or together with signPri.key.",
        ),
    },
    Code.FILE_SEVERAL_CERTIFICATES: {
        "ko": Wording(
            "인증서를 여러 개 선택하셨습니다",
            "한 번에 인증서 하나만 등록할 수 있으며, 선택한 파일에는 인증서나 개인키가 {count}개 들어 "
            "있습니다. 등록할 인증서의 signCert.der만 선택하거나, 같은 폴더의 signPri.key와 함께, 또는 PFX "
            "하나만 선택해 주십시오.",
        ),
        "en": Wording(
            "You chose several certificates",
            "Only one certificate can be registered at a time, and what you chose holds several certificates "
            "or keys ({count}). Choose signCert.der of the one you want to register, alone or with signPri.key "
            "from the same folder, or one PFX.",
        ),
    },
    Code.FILE_PASSWORD_REQUIRED: {
        "ko": Wording(
            "파일의 비밀번호를 입력해 주십시오",
            "선택한 파일은 비밀번호로 보호되어 있습니다. 이 인증서 파일의 비밀번호를 입력해 주십시오. "
            "비밀번호는 휴대폰에서 봉인되어, 파일을 여는 데만 쓰이고 어디에도 저장되지 않습니다.",
        ),
        "en": Wording(
            "Enter the password of the file",
            "The file you chose is protected by a password. Enter the password of this certificate file. It is "
            "sealed on your phone, used only to open the file, and stored nowhere.",
        ),
    },
    Code.FILE_PASSWORD_WRONG: {
        "ko": Wording(
            "파일의 비밀번호가 맞지 않습니다",
            "입력한 비밀번호로는 파일이 열리지 않습니다. 로그인 비밀번호가 아니라 이 인증서 파일의 비밀번호를 "
            "입력해 주십시오. 남은 입력 횟수: {tries_left}회.",
        ),
        "en": Wording(
            "The password of the file is not right",
            "The password you entered does not open the file. Enter the password of this certificate file, not "
            "your login password. Tries left: {tries_left}.",
        ),
    },
    Code.FILE_PASSWORD_ATTEMPTS_EXCEEDED: {
        "ko": Wording(
            "비밀번호 입력 횟수를 모두 사용했습니다",
            "파일의 비밀번호가 여러 번 맞지 않아 이번 등록을 종료하고 올린 파일을 삭제했습니다. 인증서가 잠긴 "
            "것은 아닙니다. 비밀번호를 확인한 뒤 처음부터 다시 시작해 주십시오.",
        ),
        "en": Wording(
            "No tries left for the password",
            "The password of the file was wrong several times, so this registration was ended and the uploaded "
            "files were deleted. The certificate itself is not locked. Make sure of the password and start "
            "again.",
        ),
    },
    Code.FILE_ENCRYPTION_UNSUPPORTED: {
        "ko": Wording(
            "지원하지 않는 방식으로 만든 파일입니다",
            "비밀번호 문제가 아닙니다. 저희가 열 수 없는 방식으로 암호화된 파일이거나, 개인키가 "
            "비밀번호로 보호되어 있지 않거나(빈 비밀번호 포함) 파일과 다른 비밀번호로 보호된 파일입니다. "
            "발급기관에서 비밀번호 하나를 정해 다시 내보내거나, signCert.der만 선택해 주십시오.",
        ),
        "en": Wording(
            "The file was made in a way we do not support",
            "This is not a password problem. The file is encrypted in a way that we cannot open, or "
            "its private key is not protected by a password (an empty one does not count), or by another "
            "password than the file. Export it again at the issuer with one password, or choose signCert.der "
            "alone.",
        ),
    },
    Code.FILE_KDF_COST_TOO_HIGH: {
        "ko": Wording(
            "파일을 여는 데 계산이 너무 많이 필요합니다",
            "비밀번호 문제가 아닙니다. 이 파일을 열려면 계산을 {rounds}회 되풀이해야 하며, 저희의 한도는 "
            "{limit}회입니다. 발급기관에서 인증서를 기본 설정으로 다시 내보내어 선택해 주십시오.",
        ),
        "en": Wording(
            "Opening the file takes too much work",
            "This is not a password problem. Opening this file takes {rounds} rounds of calculation, and our "
            "limit is {limit}. Export the certificate again at the issuer with the usual settings.",
        ),
    },
    Code.FILE_KEY_MISMATCH: {
        "ko": Wording(
            "개인키가 인증서와 맞지 않습니다",
            "파일은 열렸지만, 들어 있는 개인키가 이 인증서의 것이 아닙니다. 갱신 전후의 파일이 섞였거나 "
            "암호화용 개인키(kmPri.key)를 골랐을 수 있습니다. 같은 폴더에 있는 signCert.der와 signPri.key를 "
            "함께 선택해 주십시오.",
        ),
        "en": Wording(
            "The private key does not fit the certificate",
            "The file was opened, but the private key in it is not that of the certificate. Files from before "
            "and after a renewal may be mixed, or kmPri.key was chosen. Choose signCert.der and signPri.key "
            "from the same folder.",
        ),
    },
}
