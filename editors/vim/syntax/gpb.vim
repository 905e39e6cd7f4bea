" Vim syntax file
" Language: gpb
" Generated from grammar/gpb.pest and tools/editors/syntax.vim.

if exists('b:current_syntax')
  finish
endif

let s:cpo = &cpoptions
set cpoptions&vim

syntax sync fromstart

" `\%#=1` chooses the engine that is an order of magnitude faster at lookaround.
" A later match wins over an earlier one that starts at the same place, so the most specific comes last.

syntax match gpbOperator /\%#=1\v%(%(\|\|)@>|%(\&\&)@>|%(\=\=%(\=)@!)@>|%(!\=%(\=)@!)@>|%(\<\=)@>|%(\>\=)@>|%(\<)@>|%(\>)@>)/
syntax match gpbOperator /\%#=1\v%(%(\?\?)@>|%(\.\.)@>|%(\+)@>|%(-)@>|%(-)@>|%(\*)@>|%(\%)@>|%(!)@>)/
syntax match gpbOperator /\%#=1\v%(\/%(\/)@!)@>/
syntax match gpbOperator /\%#=1\v%(%(\=)@>|%(-\>)@>|%(\|%(\|)@!)@>|%(\?%(%(\?|\.))@!)@>)/
syntax match gpbWord /\%#=1\v%(%(%([A-Za-z]|_))@>%(%(%(%(%(%([a-z]|_)|[0-9])|[A-Z])|-%(%([A-Za-z0-9]|_))@>))@>)*)@>/
syntax match gpbType /\%#=1\v%([:<|]\s*|-\>\s*)@20<=%(account|acu|any|arn|bool|bytes|cidr|count|duration|instance_type|int|list|map|money|number|percent|place|policy|range|rate|region|resource|secret|string|vcpu|zone)%(%(%(%(%(%([a-z]|_)|[0-9])|[A-Z])|-%(%([A-Za-z0-9]|_))@>))@>|[.:(])@!/
syntax match gpbFunction /\%#=1\v[A-Za-z0-9_.-]@1<!%(%(%([A-Za-z]|_))@>%(%(%(%(%(%([a-z]|_)|[0-9])|[A-Z])|-%(%([A-Za-z0-9]|_))@>))@>)*)@>\(@=/
syntax match gpbBuiltin /\%#=1\v[A-Za-z0-9_.-]@1<!%(abs|all|amount|any|archive|base64|ceil|cidr_host|cidr_split|cidr_subnet|concat|contains|days|distinct|ends_with|env|env_secret|file|file_base64|flatten|floor|format|from_json|from_yaml|generated|gib|high|hours|is_set|join|json|keys|length|low|lower|matches|max|merge|mib|min|minutes|number|per_minute|per_second|place|range|replace|round|seconds|secret|sha256|slice|sort|split|starts_with|substring|sum|template|text|trim|upper|values|zip|zones)\(@=/
syntax match gpbTag /\%#=1\v%(%(%([A-Za-z]|_))@>%(%(%(%(%(%([a-z]|_)|[0-9])|[A-Z])|-%(%([A-Za-z0-9]|_))@>))@>)*)@>%(\s+")@=/
syntax match gpbMember /\%#=1\v\.@1<=%(%(%([A-Za-z]|_))@>%(%(%(%(%(%([a-z]|_)|[0-9])|[A-Z])|-%(%([A-Za-z0-9]|_))@>))@>)*)@>/
syntax match gpbBoolean /\%#=1\v[A-Za-z0-9_.-]@1<!%(true|false|none)%(%(%(%(%(%([a-z]|_)|[0-9])|[A-Z])|-%(%([A-Za-z0-9]|_))@>))@>)@!/
syntax match gpbNumber /\%#=1\v[A-Za-z0-9_]@1<!\$?%([0-9]%(%([0-9]|_))*%(\.[0-9]%(%([0-9]|_))*)?)@>%(%(%(%(\%|\/[A-Za-z]%(%(%([A-Za-z0-9]|_))@>)*)|%(%([A-Za-z]|_))@>%(%(%([A-Za-z0-9]|_))@>)*))@>|[ \t]+%(%(%(%(%(%(%(%(%(%(%(%(%(%(%(%(%(%(%(%(%(ms|min)|s)|h)|days)|day)|d)|KiB)|MiB)|GiB)|TiB)|KB)|MB)|GB)|TB)|B)|ACU)|acu)|vcpu)|vCPU))@>%(%(%(%(%(%(%(%(%([a-z]|_)|[0-9])|[A-Z])|-%(%([A-Za-z0-9]|_))@>))@>|\.%(\.)@!)|\()|%(%(%(%(%( |\t)|\r))@>)*)@>\=%(\=)@!))@!)@>)?/

" Heads of blocks and their labels, fields.
syntax match gpbHead /\%#=1\v%(^\s*|[{,]\s*)@80<=%(%(%([A-Za-z]|_))@>%(%(%(%(%(%([a-z]|_)|[0-9])|[A-Z])|-%(%([A-Za-z0-9]|_))@>))@>)*)@>%(\s*\{)@=/
syntax match gpbHead /\%#=1\v%(^\s*|[{,]\s*)@80<=%(%(%([A-Za-z]|_))@>%(%(%(%(%(%([a-z]|_)|[0-9])|[A-Z])|-%(%([A-Za-z0-9]|_))@>))@>)*)@>%(\s+%(%(in%(%(%(%(%(%([a-z]|_)|[0-9])|[A-Z])|-%(%([A-Za-z0-9]|_))@>))@>)@!)@>)@!%(%(%([A-Za-z]|_))@>%(%(%(%(%(%([a-z]|_)|[0-9])|[A-Z])|-%(%([A-Za-z0-9]|_))@>))@>)*)@>%(\s*\{|\s+%(in%(%(%(%(%(%([a-z]|_)|[0-9])|[A-Z])|-%(%([A-Za-z0-9]|_))@>))@>)@!)@>\s))@=/ nextgroup=gpbLabel skipwhite
syntax match gpbLabel /\%#=1\v%(%(%([A-Za-z]|_))@>%(%(%(%(%(%([a-z]|_)|[0-9])|[A-Z])|-%(%([A-Za-z0-9]|_))@>))@>)*)@>/ contained
syntax match gpbProperty /\%#=1\v%(%(%([A-Za-z]|_))@>%(%(%(%(%(%([a-z]|_)|[0-9])|[A-Z])|-%(%([A-Za-z0-9]|_))@>))@>)*)@>%(\s*%(\=)@>)@=/
syntax match gpbHead /\%#=1\v%(^\s*|[{,]\s*)@80<=%(%(%([A-Za-z]|_))@>%(%(%(%(%(%([a-z]|_)|[0-9])|[A-Z])|-%(%([A-Za-z0-9]|_))@>))@>)*)@>%(\s+%(%(%([A-Za-z]|_))@>%(%(%(%(%(%([a-z]|_)|[0-9])|[A-Z])|-%(%([A-Za-z0-9]|_))@>))@>)*)@>\s*%(\=)@>)@=/ nextgroup=gpbLabel skipwhite

" Expressions.
syntax match gpbConditional /\%#=1\v[A-Za-z0-9_.-]@1<!%(%(if%(%(%(%(%(%([a-z]|_)|[0-9])|[A-Z])|-%(%([A-Za-z0-9]|_))@>))@>)@!)@>|%(else%(%(%(%(%(%([a-z]|_)|[0-9])|[A-Z])|-%(%([A-Za-z0-9]|_))@>))@>)@!)@>)%(\s*%(\=)@>)@!/
syntax match gpbRepeat /\%#=1\v[A-Za-z0-9_.-]@1<!%(for%(%(%(%(%(%([a-z]|_)|[0-9])|[A-Z])|-%(%([A-Za-z0-9]|_))@>))@>)@!)@>%(\s+%(%(%([A-Za-z]|_))@>%(%(%(%(%(%([a-z]|_)|[0-9])|[A-Z])|-%(%([A-Za-z0-9]|_))@>))@>)*)@>%(\s*,\s*%(%(%([A-Za-z]|_))@>%(%(%(%(%(%([a-z]|_)|[0-9])|[A-Z])|-%(%([A-Za-z0-9]|_))@>))@>)*)@>)?\s+%(in%(%(%(%(%(%([a-z]|_)|[0-9])|[A-Z])|-%(%([A-Za-z0-9]|_))@>))@>)@!)@>)@=/
syntax match gpbRepeat /\%#=1\v\s@1<=%(in%(%(%(%(%(%([a-z]|_)|[0-9])|[A-Z])|-%(%([A-Za-z0-9]|_))@>))@>)@!)@>%(\s*%(\=)@>)@!%(\s)@=/
syntax match gpbRepeat /\%#=1\v%(%(for%(%(%(%(%(%([a-z]|_)|[0-9])|[A-Z])|-%(%([A-Za-z0-9]|_))@>))@>)@!)@>\s+[^:]*\s%(in%(%(%(%(%(%([a-z]|_)|[0-9])|[A-Z])|-%(%([A-Za-z0-9]|_))@>))@>)@!)@>\s+[^:]*\s)@200<=%(key%(%(%(%(%(%([a-z]|_)|[0-9])|[A-Z])|-%(%([A-Za-z0-9]|_))@>))@>)@!)@>%(\s+%(%(%(if%(%(%(%(%(%([a-z]|_)|[0-9])|[A-Z])|-%(%([A-Za-z0-9]|_))@>))@>)@!)@>|%(in%(%(%(%(%(%([a-z]|_)|[0-9])|[A-Z])|-%(%([A-Za-z0-9]|_))@>))@>)@!)@>))@!["A-Za-z_(\[])@=/

" Statements.
syntax match gpbKeyword /\%#=1\v%(^\s*|[{,]\s*)@80<=%(%(param%(%(%(%(%(%([a-z]|_)|[0-9])|[A-Z])|-%(%([A-Za-z0-9]|_))@>))@>)@!)@>|%(let%(%(%(%(%(%([a-z]|_)|[0-9])|[A-Z])|-%(%([A-Za-z0-9]|_))@>))@>)@!)@>|%(output%(%(%(%(%(%([a-z]|_)|[0-9])|[A-Z])|-%(%([A-Za-z0-9]|_))@>))@>)@!)@>)%(\s+%(%(%([A-Za-z]|_))@>%(%(%(%(%(%([a-z]|_)|[0-9])|[A-Z])|-%(%([A-Za-z0-9]|_))@>))@>)*)@>\s*%([:=,}]|$|\/\/))@=/ nextgroup=gpbName skipwhite
syntax match gpbKeyword /\%#=1\v%(^\s*|[{,]\s*)@80<=%(layer%(%(%(%(%(%([a-z]|_)|[0-9])|[A-Z])|-%(%([A-Za-z0-9]|_))@>))@>)@!)@>%(\s+%(%(%([A-Za-z]|_))@>%(%(%(%(%(%([a-z]|_)|[0-9])|[A-Z])|-%(%([A-Za-z0-9]|_))@>))@>)*)@>%(\s*%(\=)@>)@!)@=/ nextgroup=gpbLayerName skipwhite
syntax match gpbKeyword /\%#=1\v%(^\s*|[{,]\s*)@80<=%(%(resource%(%(%(%(%(%([a-z]|_)|[0-9])|[A-Z])|-%(%([A-Za-z0-9]|_))@>))@>)@!)@>|%(existing%(%(%(%(%(%([a-z]|_)|[0-9])|[A-Z])|-%(%([A-Za-z0-9]|_))@>))@>)@!)@>)%(\s+%(%(%([A-Za-z]|_))@>%(%(%(%(%(%([a-z]|_)|[0-9])|[A-Z])|-%(%([A-Za-z0-9]|_))@>))@>)*)@>\s*%(\=)@>)@!%(\s+%(%(%([A-Za-z]|_))@>%(%(%(%(%(%([a-z]|_)|[0-9])|[A-Z])|-%(%([A-Za-z0-9]|_))@>))@>)*)@>)@=/ nextgroup=gpbResourceType skipwhite
syntax match gpbRepeat /\%#=1\v%(^\s*|[{,]\s*)@80<=%(in%(%(%(%(%(%([a-z]|_)|[0-9])|[A-Z])|-%(%([A-Za-z0-9]|_))@>))@>)@!)@>%(\s+[^= \t])@=/
syntax match gpbKeyword /\%#=1\v%(^\s*|[{,]\s*)@80<=%(%(after%(%(%(%(%(%([a-z]|_)|[0-9])|[A-Z])|-%(%([A-Za-z0-9]|_))@>))@>)@!)@>|%(ignore%(%(%(%(%(%([a-z]|_)|[0-9])|[A-Z])|-%(%([A-Za-z0-9]|_))@>))@>)@!)@>)%(\s+%(%(%([A-Za-z]|_))@>%(%(%(%(%(%([a-z]|_)|[0-9])|[A-Z])|-%(%([A-Za-z0-9]|_))@>))@>)*)@>\s*%(%(\=)@>|\{))@!%(\s+%(%(%([A-Za-z]|_))@>%(%(%(%(%(%([a-z]|_)|[0-9])|[A-Z])|-%(%([A-Za-z0-9]|_))@>))@>)*)@>)@=/
syntax match gpbKeyword /\%#=1\v%(\S\s)@2<=%(after%(%(%(%(%(%([a-z]|_)|[0-9])|[A-Z])|-%(%([A-Za-z0-9]|_))@>))@>)@!)@>%(\s+%(%(%([A-Za-z]|_))@>%(%(%(%(%(%([a-z]|_)|[0-9])|[A-Z])|-%(%([A-Za-z0-9]|_))@>))@>)*)@>[^ \t,}]*\s*%($|[,}]|\/\/))@=/
syntax match gpbKeyword /\%#=1\v%(^\s*|[{,]\s*)@80<=%(%(protect%(%(%(%(%(%([a-z]|_)|[0-9])|[A-Z])|-%(%([A-Za-z0-9]|_))@>))@>)@!)@>|%(replace%(%(%(%(%(%([a-z]|_)|[0-9])|[A-Z])|-%(%([A-Za-z0-9]|_))@>))@>)@!)@>)%(\s+%(%(%([A-Za-z]|_))@>%(%(%(%(%(%([a-z]|_)|[0-9])|[A-Z])|-%(%([A-Za-z0-9]|_))@>))@>)*)@>\s*%($|[,}]|\/\/))@=/ nextgroup=gpbChoice skipwhite
syntax match gpbKeyword /\%#=1\v%(^\s*|[{,]\s*)@80<=%(moved%(%(%(%(%(%([a-z]|_)|[0-9])|[A-Z])|-%(%([A-Za-z0-9]|_))@>))@>)@!)@>%(\s+%(%(%([A-Za-z]|_))@>%(%(%(%(%(%([a-z]|_)|[0-9])|[A-Z])|-%(%([A-Za-z0-9]|_))@>))@>)*)@>\s*%(%(\=)@>|\{))@!%(\s+%(%(%([A-Za-z]|_))@>%(%(%(%(%(%([a-z]|_)|[0-9])|[A-Z])|-%(%([A-Za-z0-9]|_))@>))@>)*)@>)@=/
syntax match gpbKeyword /\%#=1\v%(%(moved%(%(%(%(%(%([a-z]|_)|[0-9])|[A-Z])|-%(%([A-Za-z0-9]|_))@>))@>)@!)@>\s+[^=]*\s)@200<=%(to%(%(%(%(%(%([a-z]|_)|[0-9])|[A-Z])|-%(%([A-Za-z0-9]|_))@>))@>)@!)@>%(\s)@=/
syntax match gpbKeyword /\%#=1\v%(^\s*|[{,]\s*)@80<=%(keep%(%(%(%(%(%([a-z]|_)|[0-9])|[A-Z])|-%(%([A-Za-z0-9]|_))@>))@>)@!)@>%(%(\s+%(%(%([A-Za-z]|_))@>%(%(%(%(%(%([a-z]|_)|[0-9])|[A-Z])|-%(%([A-Za-z0-9]|_))@>))@>)*)@>)?\s*%($|[,}]|\/\/))@=/ nextgroup=gpbChoice skipwhite
syntax match gpbKeyword /\%#=1\v%(^\s*|[{,]\s*)@80<=%(removed%(%(%(%(%(%([a-z]|_)|[0-9])|[A-Z])|-%(%([A-Za-z0-9]|_))@>))@>)@!)@>%(\s+%(%(%([A-Za-z]|_))@>%(%(%(%(%(%([a-z]|_)|[0-9])|[A-Z])|-%(%([A-Za-z0-9]|_))@>))@>)*)@>\s*%(\=)@>)@!%(\s+%(%(%([A-Za-z]|_))@>%(%(%(%(%(%([a-z]|_)|[0-9])|[A-Z])|-%(%([A-Za-z0-9]|_))@>))@>)*)@>)@=/
syntax match gpbKeyword /\%#=1\v%(^\s*|[{,]\s*)@80<=%(replace_when%(%(%(%(%(%([a-z]|_)|[0-9])|[A-Z])|-%(%([A-Za-z0-9]|_))@>))@>)@!)@>%(\s*[={:])@!%(\s+%(%(%([A-Za-z]|_))@>%(%(%(%(%(%([a-z]|_)|[0-9])|[A-Z])|-%(%([A-Za-z0-9]|_))@>))@>)*)@>\s*%(%(\=)@>|\{))@!%(\s+\S)@=/
syntax match gpbKeyword /\%#=1\v%(%(replace_when%(%(%(%(%(%([a-z]|_)|[0-9])|[A-Z])|-%(%([A-Za-z0-9]|_))@>))@>)@!)@>\s+[^=]*\s)@200<=%(changes%(%(%(%(%(%([a-z]|_)|[0-9])|[A-Z])|-%(%([A-Za-z0-9]|_))@>))@>)@!)@>%(\s*%($|[,}]|\/\/))@=/
syntax match gpbKeyword /\%#=1\v%(^\s*|[{,]\s*)@80<=%(override%(%(%(%(%(%([a-z]|_)|[0-9])|[A-Z])|-%(%([A-Za-z0-9]|_))@>))@>)@!)@>%(\s+%(%(%([A-Za-z]|_))@>%(%(%(%(%(%([a-z]|_)|[0-9])|[A-Z])|-%(%([A-Za-z0-9]|_))@>))@>)*)@>\s*%(\=)@>)@!%(\s+%(%(%([A-Za-z]|_))@>%(%(%(%(%(%([a-z]|_)|[0-9])|[A-Z])|-%(%([A-Za-z0-9]|_))@>))@>)*)@>)@=/
syntax match gpbKeyword /\%#=1\v%(^\s*|[{,]\s*)@80<=%(when%(%(%(%(%(%([a-z]|_)|[0-9])|[A-Z])|-%(%([A-Za-z0-9]|_))@>))@>)@!)@>%(\s*[={:])@!%(\s+%(%(%([A-Za-z]|_))@>%(%(%(%(%(%([a-z]|_)|[0-9])|[A-Z])|-%(%([A-Za-z0-9]|_))@>))@>)*)@>\s*%(%(\=)@>|\{))@!/
syntax match gpbKeyword /\%#=1\v%(^\s*|[{,]\s*)@80<=%(require%(%(%(%(%(%([a-z]|_)|[0-9])|[A-Z])|-%(%([A-Za-z0-9]|_))@>))@>)@!)@>%(\s*[={:])@!%(\s+%(%(%([A-Za-z]|_))@>%(%(%(%(%(%([a-z]|_)|[0-9])|[A-Z])|-%(%([A-Za-z0-9]|_))@>))@>)*)@>\s*%(%(\=)@>|\{))@!%(\s+\S)@=/
syntax match gpbKeyword /\%#=1\v%(^\s*|[{,]\s*)@80<=%(%(recover%(%(%(%(%(%([a-z]|_)|[0-9])|[A-Z])|-%(%([A-Za-z0-9]|_))@>))@>)@!)@>|%(derived%(%(%(%(%(%([a-z]|_)|[0-9])|[A-Z])|-%(%([A-Za-z0-9]|_))@>))@>)@!)@>)%(\s+%(from%(%(%(%(%(%([a-z]|_)|[0-9])|[A-Z])|-%(%([A-Za-z0-9]|_))@>))@>)@!)@>\s+%(%(%([A-Za-z]|_))@>%(%(%(%(%(%([a-z]|_)|[0-9])|[A-Z])|-%(%([A-Za-z0-9]|_))@>))@>)*)@>)@=/ nextgroup=gpbFrom skipwhite
syntax match gpbFrom /\%#=1\v%(from%(%(%(%(%(%([a-z]|_)|[0-9])|[A-Z])|-%(%([A-Za-z0-9]|_))@>))@>)@!)@>/ contained nextgroup=gpbDomain skipwhite
syntax match gpbDomain /\%#=1\v%(%(%([A-Za-z]|_))@>%(%(%(%(%(%([a-z]|_)|[0-9])|[A-Z])|-%(%([A-Za-z0-9]|_))@>))@>)*)@>%(\.)@!/ contained nextgroup=gpbDomainComma skipwhite
syntax match gpbDomainComma /,/ contained nextgroup=gpbDomain skipwhite skipnl
syntax match gpbKeyword /\%#=1\v%(^\s*|[{,]\s*)@80<=%(budget%(%(%(%(%(%([a-z]|_)|[0-9])|[A-Z])|-%(%([A-Za-z0-9]|_))@>))@>)@!)@>%(\s+%(\$|%(at%(%(%(%(%(%([a-z]|_)|[0-9])|[A-Z])|-%(%([A-Za-z0-9]|_))@>))@>)@!)@>))@=/
syntax match gpbKeyword /\%#=1\v%(%(budget%(%(%(%(%(%([a-z]|_)|[0-9])|[A-Z])|-%(%([A-Za-z0-9]|_))@>))@>)@!)@>\s+)@80<=%(at%(%(%(%(%(%([a-z]|_)|[0-9])|[A-Z])|-%(%([A-Za-z0-9]|_))@>))@>)@!)@>%(\s)@=/
syntax match gpbKeyword /\%#=1\v%(%(budget%(%(%(%(%(%([a-z]|_)|[0-9])|[A-Z])|-%(%([A-Za-z0-9]|_))@>))@>)@!)@>\s+[^=]*\s)@200<=%(per%(%(%(%(%(%([a-z]|_)|[0-9])|[A-Z])|-%(%([A-Za-z0-9]|_))@>))@>)@!)@>%(\s)@=/
syntax match gpbKeyword /\%#=1\v%(^\s*|[{,]\s*)@80<=%(needs%(%(%(%(%(%([a-z]|_)|[0-9])|[A-Z])|-%(%([A-Za-z0-9]|_))@>))@>)@!)@>%(\s+\d)@=/
syntax match gpbKeyword /\%#=1\v%(%(needs%(%(%(%(%(%([a-z]|_)|[0-9])|[A-Z])|-%(%([A-Za-z0-9]|_))@>))@>)@!)@>\s+[^=]*\s)@200<=%(of%(%(%(%(%(%([a-z]|_)|[0-9])|[A-Z])|-%(%([A-Za-z0-9]|_))@>))@>)@!)@>%(\s)@=/
syntax match gpbKeyword /\%#=1\v%(^\s*|[{,]\s*)@80<=%(each%(%(%(%(%(%([a-z]|_)|[0-9])|[A-Z])|-%(%([A-Za-z0-9]|_))@>))@>)@!)@>%(\s+%(%(%([A-Za-z]|_))@>%(%(%(%(%(%([a-z]|_)|[0-9])|[A-Z])|-%(%([A-Za-z0-9]|_))@>))@>)*)@>\s*%(%(\=)@>|\{))@!%(\s+%(%(%([A-Za-z]|_))@>%(%(%(%(%(%([a-z]|_)|[0-9])|[A-Z])|-%(%([A-Za-z0-9]|_))@>))@>)*)@>)@=/ nextgroup=gpbEachType skipwhite
syntax match gpbEachType /\%#=1\v%(%(%(%([A-Za-z]|_))@>%(%(%(%(%(%([a-z]|_)|[0-9])|[A-Z])|-%(%([A-Za-z0-9]|_))@>))@>)*)@>%(%(\.|::)%(%(%([A-Za-z]|_))@>%(%(%(%(%(%([a-z]|_)|[0-9])|[A-Z])|-%(%([A-Za-z0-9]|_))@>))@>)*)@>)*)@>/ contained nextgroup=gpbAs skipwhite
syntax match gpbAs /\%#=1\v%(as%(%(%(%(%(%([a-z]|_)|[0-9])|[A-Z])|-%(%([A-Za-z0-9]|_))@>))@>)@!)@>/ contained nextgroup=gpbName skipwhite
syntax match gpbKeyword /\%#=1\v%(^\s*|[{,]\s*)@80<=%(expect%(%(%(%(%(%([a-z]|_)|[0-9])|[A-Z])|-%(%([A-Za-z0-9]|_))@>))@>)@!)@>%(\s+%(%(%([A-Za-z]|_))@>%(%(%(%(%(%([a-z]|_)|[0-9])|[A-Z])|-%(%([A-Za-z0-9]|_))@>))@>)*)@>\s*%(%(\=)@>|\{))@!%(\s+[^= \t{])@=/
syntax match gpbKeyword /\%#=1\v\s@1<=%(require%(%(%(%(%(%([a-z]|_)|[0-9])|[A-Z])|-%(%([A-Za-z0-9]|_))@>))@>)@!)@>%(\s+%(%(%([A-Za-z]|_))@>%(%(%(%(%(%([a-z]|_)|[0-9])|[A-Z])|-%(%([A-Za-z0-9]|_))@>))@>)*)@>\s*%(%(\=)@>|\{))@!%(\s+[^= \t,}])@=/
syntax match gpbKeyword /\%#=1\v%(^\s*|[{,]\s*)@80<=%(waive%(%(%(%(%(%([a-z]|_)|[0-9])|[A-Z])|-%(%([A-Za-z0-9]|_))@>))@>)@!)@>%(\s+%(%(%([A-Za-z]|_))@>%(%(%(%(%(%([a-z]|_)|[0-9])|[A-Z])|-%(%([A-Za-z0-9]|_))@>))@>)*)@>\s*%(%(\=)@>|\{))@!%(\s+%(%(%([A-Za-z]|_))@>%(%(%(%(%(%([a-z]|_)|[0-9])|[A-Z])|-%(%([A-Za-z0-9]|_))@>))@>)*)@>)@=/
syntax match gpbKeyword /\%#=1\v%(%(waive%(%(%(%(%(%([a-z]|_)|[0-9])|[A-Z])|-%(%([A-Za-z0-9]|_))@>))@>)@!)@>\s+[^=]*\s|^\s*)@200<=%(%(until%(%(%(%(%(%([a-z]|_)|[0-9])|[A-Z])|-%(%([A-Za-z0-9]|_))@>))@>)@!)@>|%(because%(%(%(%(%(%([a-z]|_)|[0-9])|[A-Z])|-%(%([A-Za-z0-9]|_))@>))@>)@!)@>)%(\s+")@=/
syntax match gpbName /\%#=1\v%(%(%([A-Za-z]|_))@>%(%(%(%(%(%([a-z]|_)|[0-9])|[A-Z])|-%(%([A-Za-z0-9]|_))@>))@>)*)@>/ contained
syntax match gpbChoice /\%#=1\v%(%(%([A-Za-z]|_))@>%(%(%(%(%(%([a-z]|_)|[0-9])|[A-Z])|-%(%([A-Za-z0-9]|_))@>))@>)*)@>/ contained
syntax match gpbResourceType /\%#=1\v%(%(%(%([A-Za-z]|_))@>%(%(%(%(%(%([a-z]|_)|[0-9])|[A-Z])|-%(%([A-Za-z0-9]|_))@>))@>)*)@>%(%(\.|::)%(%(%([A-Za-z]|_))@>%(%(%(%(%(%([a-z]|_)|[0-9])|[A-Z])|-%(%([A-Za-z0-9]|_))@>))@>)*)@>)*)@>/ contained nextgroup=gpbResourceName skipwhite
syntax match gpbResourceName /\%#=1\v%(%(in%(%(%(%(%(%([a-z]|_)|[0-9])|[A-Z])|-%(%([A-Za-z0-9]|_))@>))@>)@!)@>\s)@!%(%(%([A-Za-z]|_))@>%(%(%(%(%(%([a-z]|_)|[0-9])|[A-Z])|-%(%([A-Za-z0-9]|_))@>))@>)*)@>/ contained
syntax match gpbLayerName /\%#=1\v%(%(%([A-Za-z]|_))@>%(%(%(%(%(%([a-z]|_)|[0-9])|[A-Z])|-%(%([A-Za-z0-9]|_))@>))@>)*)@>/ contained nextgroup=gpbUses skipwhite
syntax match gpbUses /\%#=1\v%(uses%(%(%(%(%(%([a-z]|_)|[0-9])|[A-Z])|-%(%([A-Za-z0-9]|_))@>))@>)@!)@>/ contained nextgroup=gpbUsed skipwhite
syntax match gpbUsed /\%#=1\v%(%(%([A-Za-z]|_))@>%(%(%(%(%(%([a-z]|_)|[0-9])|[A-Z])|-%(%([A-Za-z0-9]|_))@>))@>)*)@>/ contained nextgroup=gpbUsedComma skipwhite
syntax match gpbUsedComma /,/ contained nextgroup=gpbUsed skipwhite skipnl

" Items, which start at the left margin.
syntax match gpbInclude /\%#=1\v^%(use%(%(%(%(%(%([a-z]|_)|[0-9])|[A-Z])|-%(%([A-Za-z0-9]|_))@>))@>)@!)@>%(\s*["'])@=/ nextgroup=gpbUsedFile skipwhite
syntax match gpbUsedFile /\%#=1\v"[^"]*"/ contained nextgroup=gpbAs skipwhite
syntax match gpbItem /\%#=1\v^%(extend%(%(%(%(%(%([a-z]|_)|[0-9])|[A-Z])|-%(%([A-Za-z0-9]|_))@>))@>)@!)@>\s+%(stack%(%(%(%(%(%([a-z]|_)|[0-9])|[A-Z])|-%(%([A-Za-z0-9]|_))@>))@>)@!)@>%(\s+%(%(%([A-Za-z]|_))@>%(%(%(%(%(%([a-z]|_)|[0-9])|[A-Z])|-%(%([A-Za-z0-9]|_))@>))@>)*)@>)@=/ nextgroup=gpbItemName skipwhite
syntax match gpbItem /\%#=1\v^%(%(pub%(%(%(%(%(%( |\t)|\r))@>)+)@>%(%(%(%(%(%(%(%(%(%(%(use|const)|fn)|type)|component)|stack)|environment)|facts)|extend)|test)|policy))@>%(%(%(%(%(%([a-z]|_)|[0-9])|[A-Z])|-%(%([A-Za-z0-9]|_))@>))@>)@!)@=)@>\s+)?%(%(stack%(%(%(%(%(%([a-z]|_)|[0-9])|[A-Z])|-%(%([A-Za-z0-9]|_))@>))@>)@!)@>|%(component%(%(%(%(%(%([a-z]|_)|[0-9])|[A-Z])|-%(%([A-Za-z0-9]|_))@>))@>)@!)@>|%(policy%(%(%(%(%(%([a-z]|_)|[0-9])|[A-Z])|-%(%([A-Za-z0-9]|_))@>))@>)@!)@>)%(\s+%(%(%([A-Za-z]|_))@>%(%(%(%(%(%([a-z]|_)|[0-9])|[A-Z])|-%(%([A-Za-z0-9]|_))@>))@>)*)@>\s*%(\{|$|\/\/))@=/ nextgroup=gpbItemName skipwhite
syntax match gpbItem /\%#=1\v^%(environment%(%(%(%(%(%([a-z]|_)|[0-9])|[A-Z])|-%(%([A-Za-z0-9]|_))@>))@>)@!)@>%(\s+%(%(%([A-Za-z]|_))@>%(%(%(%(%(%([a-z]|_)|[0-9])|[A-Z])|-%(%([A-Za-z0-9]|_))@>))@>)*)@>%(\s+%(of%(%(%(%(%(%([a-z]|_)|[0-9])|[A-Z])|-%(%([A-Za-z0-9]|_))@>))@>)@!)@>|\s*\{|\s*$))@=/ nextgroup=gpbItemName skipwhite
syntax match gpbItem /\%#=1\v^%(test%(%(%(%(%(%([a-z]|_)|[0-9])|[A-Z])|-%(%([A-Za-z0-9]|_))@>))@>)@!)@>%(\s+")@=/
syntax match gpbOf /\%#=1\v%("\s)@2<=%(of%(%(%(%(%(%([a-z]|_)|[0-9])|[A-Z])|-%(%([A-Za-z0-9]|_))@>))@>)@!)@>%(\s+%(%(%([A-Za-z]|_))@>%(%(%(%(%(%([a-z]|_)|[0-9])|[A-Z])|-%(%([A-Za-z0-9]|_))@>))@>)*)@>\s*\{)@=/ nextgroup=gpbItemName skipwhite
syntax match gpbItem /\%#=1\v^%(facts%(%(%(%(%(%([a-z]|_)|[0-9])|[A-Z])|-%(%([A-Za-z0-9]|_))@>))@>)@!)@>%(\s+%(%(%([A-Za-z]|_))@>%(%(%(%(%(%([a-z]|_)|[0-9])|[A-Z])|-%(%([A-Za-z0-9]|_))@>))@>)*)@>\.)@=/ nextgroup=gpbResourceType skipwhite
syntax match gpbItem /\%#=1\v^%(%(pub%(%(%(%(%(%( |\t)|\r))@>)+)@>%(%(%(%(%(%(%(%(%(%(%(use|const)|fn)|type)|component)|stack)|environment)|facts)|extend)|test)|policy))@>%(%(%(%(%(%([a-z]|_)|[0-9])|[A-Z])|-%(%([A-Za-z0-9]|_))@>))@>)@!)@=)@>\s+)?%(fn%(%(%(%(%(%([a-z]|_)|[0-9])|[A-Z])|-%(%([A-Za-z0-9]|_))@>))@>)@!)@>%(\s+%(%(%([A-Za-z]|_))@>%(%(%(%(%(%([a-z]|_)|[0-9])|[A-Z])|-%(%([A-Za-z0-9]|_))@>))@>)*)@>\s*\()@=/ nextgroup=gpbFunctionName skipwhite
syntax match gpbItem /\%#=1\v^%(%(pub%(%(%(%(%(%( |\t)|\r))@>)+)@>%(%(%(%(%(%(%(%(%(%(%(use|const)|fn)|type)|component)|stack)|environment)|facts)|extend)|test)|policy))@>%(%(%(%(%(%([a-z]|_)|[0-9])|[A-Z])|-%(%([A-Za-z0-9]|_))@>))@>)@!)@=)@>\s+)?%(const%(%(%(%(%(%([a-z]|_)|[0-9])|[A-Z])|-%(%([A-Za-z0-9]|_))@>))@>)@!)@>%(\s+%(%(%([A-Za-z]|_))@>%(%(%(%(%(%([a-z]|_)|[0-9])|[A-Z])|-%(%([A-Za-z0-9]|_))@>))@>)*)@>\s*[:=])@=/ nextgroup=gpbName skipwhite
syntax match gpbItem /\%#=1\v^%(%(pub%(%(%(%(%(%( |\t)|\r))@>)+)@>%(%(%(%(%(%(%(%(%(%(%(use|const)|fn)|type)|component)|stack)|environment)|facts)|extend)|test)|policy))@>%(%(%(%(%(%([a-z]|_)|[0-9])|[A-Z])|-%(%([A-Za-z0-9]|_))@>))@>)@!)@=)@>\s+)?%(type%(%(%(%(%(%([a-z]|_)|[0-9])|[A-Z])|-%(%([A-Za-z0-9]|_))@>))@>)@!)@>%(\s+%(%(%([A-Za-z]|_))@>%(%(%(%(%(%([a-z]|_)|[0-9])|[A-Z])|-%(%([A-Za-z0-9]|_))@>))@>)*)@>\s*[={])@=/ nextgroup=gpbItemName skipwhite
syntax match gpbItemName /\%#=1\v%(%(%([A-Za-z]|_))@>%(%(%(%(%(%([a-z]|_)|[0-9])|[A-Z])|-%(%([A-Za-z0-9]|_))@>))@>)*)@>/ contained nextgroup=gpbOf skipwhite
syntax match gpbFunctionName /\%#=1\v%(%(%([A-Za-z]|_))@>%(%(%(%(%(%([a-z]|_)|[0-9])|[A-Z])|-%(%([A-Za-z0-9]|_))@>))@>)*)@>/ contained
syntax match gpbOf /\%#=1\v%(of%(%(%(%(%(%([a-z]|_)|[0-9])|[A-Z])|-%(%([A-Za-z0-9]|_))@>))@>)@!)@>/ contained nextgroup=gpbItemName skipwhite

" Braces nest, and a policy's words mean something in the policy's own braces only.
syntax region gpbBraces matchgroup=gpbDelimiter start=/{/ end=/}/ transparent contains=TOP
syntax region gpbPolicy matchgroup=gpbPolicyMark start=/\%#=1\v[A-Za-z0-9_.-]@1<!%(policy%(%(%(%(%(%([a-z]|_)|[0-9])|[A-Z])|-%(%([A-Za-z0-9]|_))@>))@>)@!)@>\s*\{/ matchgroup=gpbDelimiter end=/}/ transparent contains=@gpbExpression,gpbPolicyWord,gpbPolicyBraces
syntax region gpbPolicyBraces matchgroup=gpbDelimiter start=/\%#=1\v%(<%(if|else|for)>[^{}]*)@80<=\{/ end=/}/ contained transparent contains=@gpbExpression,gpbPolicyWord,gpbPolicyBraces
syntax match gpbPolicyWord /\%#=1\v[A-Za-z0-9_.-]@1<!%(%(allow%(%(%(%(%(%([a-z]|_)|[0-9])|[A-Z])|-%(%([A-Za-z0-9]|_))@>))@>)@!)@>|%(deny%(%(%(%(%(%([a-z]|_)|[0-9])|[A-Z])|-%(%([A-Za-z0-9]|_))@>))@>)@!)@>|%(to%(%(%(%(%(%([a-z]|_)|[0-9])|[A-Z])|-%(%([A-Za-z0-9]|_))@>))@>)@!)@>|%(on%(%(%(%(%(%([a-z]|_)|[0-9])|[A-Z])|-%(%([A-Za-z0-9]|_))@>))@>)@!)@>|%(when%(%(%(%(%(%([a-z]|_)|[0-9])|[A-Z])|-%(%([A-Za-z0-9]|_))@>))@>)@!)@>|%(sid%(%(%(%(%(%([a-z]|_)|[0-9])|[A-Z])|-%(%([A-Za-z0-9]|_))@>))@>)@!)@>|%(not%(%(%(%(%(%([a-z]|_)|[0-9])|[A-Z])|-%(%([A-Za-z0-9]|_))@>))@>)@!%(%(%(%(%(%( |\t)|\r))@>)+)@>%(%(%(%(%([A-Za-z]|_))@>|")|\[)|\())@=)@>)%([.(])@!/ contained
syntax cluster gpbExpression contains=gpbOperator,gpbWord,gpbFunction,gpbBuiltin,gpbTag,gpbMember,gpbBoolean,gpbNumber,gpbProperty,gpbConditional,gpbRepeat,gpbBraces,gpbComment,gpbDocComment,gpbString,gpbBlockString

" Strings.
syntax match gpbComment /\%#=1\v\/\/.*$/ contains=gpbTodo,@Spell
syntax match gpbDocComment /\%#=1\v\/\/[\/!].*$/ contains=gpbTodo,@Spell
syntax keyword gpbTodo TODO FIXME XXX contained
syntax region gpbString matchgroup=gpbQuote start=/"/ end=/"\|$/ oneline contains=gpbEscape,gpbInterpolation,@Spell
syntax match gpbString /\%#=1\v%(%('%(%(%('|\n))@!.)*'|`%(%(%(`|\n))@!.)*`))@>/
syntax region gpbBlockString matchgroup=gpbQuote start=/"""/ end=/"""/ contains=gpbEscape,gpbInterpolation,@Spell
syntax match gpbEscape /\%#=1\v%(\\%(%(u\{%(%(%(%(\}|")|\n))@!.)*\}|%(%(\n|\r))@!.))?)@>/ contained
syntax region gpbInterpolation matchgroup=gpbInterpolationMark start=/\%#=1\v%(\$\{)@>/ end=/\%#=1\v%(\})@>/ contained contains=TOP

highlight default link gpbOperator Operator
highlight default link gpbType Type
highlight default link gpbFunction Function
highlight default link gpbBuiltin Function
highlight default link gpbTag Function
highlight default link gpbMember Identifier
highlight default link gpbBoolean Boolean
highlight default link gpbNumber Number
highlight default link gpbHead Function
highlight default link gpbLabel Identifier
highlight default link gpbProperty Identifier
highlight default link gpbConditional Conditional
highlight default link gpbRepeat Repeat
highlight default link gpbKeyword Keyword
highlight default link gpbName Identifier
highlight default link gpbEachType Type
highlight default link gpbAs Keyword
highlight default link gpbChoice Constant
highlight default link gpbResourceType Type
highlight default link gpbResourceName Identifier
highlight default link gpbLayerName Identifier
highlight default link gpbUses Keyword
highlight default link gpbFrom Keyword
highlight default link gpbDomain Constant
highlight default link gpbUsed Identifier
highlight default link gpbInclude Include
highlight default link gpbUsedFile String
highlight default link gpbItem Structure
highlight default link gpbItemName Typedef
highlight default link gpbFunctionName Function
highlight default link gpbOf Keyword
highlight default link gpbPolicyMark Keyword
highlight default link gpbPolicyWord Keyword
highlight default link gpbDelimiter Delimiter
highlight default link gpbComment Comment
highlight default link gpbDocComment SpecialComment
highlight default link gpbTodo Todo
highlight default link gpbString String
highlight default link gpbBlockString String
highlight default link gpbQuote String
highlight default link gpbEscape SpecialChar
highlight default link gpbInterpolationMark Special

let b:current_syntax = 'gpb'

let &cpoptions = s:cpo
unlet s:cpo
