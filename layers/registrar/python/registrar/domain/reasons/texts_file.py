"""Texts for the files that a customer chooses: what they hold, their password, their private key.

Code to language to wording. Each text says what is the case, why, and what to do next.
Korean in 하십시오체 (docs/texts.md). Never say who holds a certificate, nor hint at what a password may be.
"""

from registrar.domain.reasons.codes import Code
from registrar.domain.reasons.wording import Wording

FILE_TEXTS: dict[Code, dict[str, Wording]] = {
    Code.FILE_UNREADABLE: {
        "ko": Wording(
            "인증서 파일을 읽을 수 없습니다",
            "파일이 손상되었거나 등록할 수 있는 인증서 파일이 아닙니다. signCert.der(DER 또는 PEM), "
            "signCert.der와 signPri.key 두 파일, PFX·P12, P7B를 등록할 수 있습니다. 인증서를 다시 복사하거나 "
            "내보낸 뒤 선택해 주십시오.",
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
            "선택하신 파일에서 고객님의 인증서를 찾을 수 없습니다. 개인키 파일(signPri.key)에는 인증서가 들어 "
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
            "인증서는 한 번에 하나만 등록할 수 있습니다. 선택하신 파일에 들어 있는 인증서와 개인키: {count}개. "
            "등록하실 인증서의 signCert.der만 또는 같은 폴더의 signPri.key와 함께 선택하거나, PFX 하나만 선택해 "
            "주십시오.",
        ),
        "en": Wording(
            "You chose several certificates",
            "Only one certificate can be registered at a time. Certificates and keys in what you chose: "
            "{count}. Choose signCert.der of the one you want to register, alone or with signPri.key from the "
            "same folder, or one PFX.",
        ),
    },
    Code.FILE_PASSWORD_REQUIRED: {
        "ko": Wording(
            "인증서 비밀번호를 입력해 주십시오",
            "비밀번호로 보호된 파일입니다. 인증서 비밀번호(PFX는 파일의 비밀번호)를 입력해 주십시오. 비밀번호는 "
            "고객님의 기기에서 암호화되어 파일을 여는 데만 사용되며 저장되지 않습니다.",
        ),
        "en": Wording(
            "Enter the certificate password",
            "The file is protected by a password. Enter the certificate password (for a PFX, the password of "
            "the file). It is encrypted on your device, used only to open the file, and not stored.",
        ),
    },
    Code.FILE_PASSWORD_WRONG: {
        "ko": Wording(
            "인증서 비밀번호가 맞지 않습니다",
            "입력하신 비밀번호로 파일을 열 수 없습니다. 로그인 비밀번호가 아닌 인증서 비밀번호(PFX는 파일의 "
            "비밀번호)를 입력해 주십시오. 남은 입력 횟수: {tries_left}회.",
        ),
        "en": Wording(
            "The certificate password is not right",
            "The password you entered does not open the file. Enter the certificate password (for a PFX, the "
            "password of the file), not your login password. Tries left: {tries_left}.",
        ),
    },
    Code.FILE_PASSWORD_ATTEMPTS_EXCEEDED: {
        "ko": Wording(
            "비밀번호 입력 횟수를 초과했습니다",
            "인증서 비밀번호 입력 횟수를 초과하여 이번 등록을 종료하고 보내신 파일을 삭제했습니다. 인증서가 "
            "잠긴 것은 아닙니다. 비밀번호를 확인한 뒤 처음부터 다시 진행해 주십시오.",
        ),
        "en": Wording(
            "No tries left for the password",
            "The certificate password was wrong several times, so this registration was ended and the uploaded "
            "files were deleted. The certificate itself is not locked. Check the password and start again.",
        ),
    },
    Code.FILE_ENCRYPTION_UNSUPPORTED: {
        "ko": Wording(
            "지원하지 않는 형식의 파일입니다",
            "비밀번호 문제가 아닙니다. 지원하지 않는 방식으로 암호화된 파일이거나, 개인키에 비밀번호가 "
            "없거나(빈 비밀번호 포함) 파일과 개인키의 비밀번호가 서로 다릅니다. 인증서를 발급받은 곳에서 "
            "비밀번호를 하나로 정하여 다시 내보내거나, signCert.der만 선택해 주십시오.",
        ),
        "en": Wording(
            "The form of this file is not supported",
            "This is not a password problem. The file is encrypted in a way that is not supported, or its "
            "private key has no password (an empty one does not count) or another password than the file. "
            "Export it again where it was issued, with one password, or choose signCert.der alone.",
        ),
    },
    Code.FILE_KDF_COST_TOO_HIGH: {
        "ko": Wording(
            "열 수 없는 설정의 파일입니다",
            "비밀번호 문제가 아닙니다. 이 파일은 암호화 반복 횟수({rounds}회)가 허용 한도({limit}회)를 "
            "초과합니다. 인증서를 발급받은 곳에서 기본 설정으로 다시 내보낸 뒤 선택해 주십시오.",
        ),
        "en": Wording(
            "The settings of this file are not supported",
            "This is not a password problem. Opening this file takes {rounds} rounds of calculation; the limit "
            "is {limit}. Export the certificate again where it was issued, with the usual settings.",
        ),
    },
    Code.FILE_KEY_MISMATCH: {
        "ko": Wording(
            "개인키가 인증서와 맞지 않습니다",
            "파일에 들어 있는 개인키가 이 인증서의 개인키가 아닙니다. 갱신 전후의 파일이 섞였거나 암호화용 "
            "개인키(kmPri.key)를 선택하셨을 수 있습니다. 같은 폴더에 있는 signCert.der와 signPri.key를 함께 "
            "선택해 주십시오.",
        ),
        "en": Wording(
            "The private key does not match the certificate",
            "The private key in the file is not that of the certificate. Files from before and after a renewal "
            "may be mixed, or kmPri.key was chosen. Choose signCert.der and signPri.key from the same folder.",
        ),
    },
}
