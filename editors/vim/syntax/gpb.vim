" Vim syntax file
" Language: gpb
" Generated from grammar/gpb.pest and tools/editors/syntax.vim.

if exists('b:current_syntax')
  finish
endif

let s:cpo = &cpoptions
set cpoptions&vim

syntax sync fromstart

" A later match wins over an earlier one that starts at the same place, so what is most particular comes last.

syntax match gpbOperator /\v%(%(\|\|)@>|%(\&\&)@>|%(\=\=%(\=)@!)@>|%(!\=%(\=)@!)@>|%(\<\=)@>|%(\>\=)@>|%(\<)@>|%(\>)@>)/
syntax match gpbOperator /\v%(%(\?\?)@>|%(\.\.)@>|%(\+)@>|%(-)@>|%(-)@>|%(\*)@>|%(\%)@>|%(!)@>)/
syntax match gpbOperator /\v%(\/%(\/)@!)@>/
syntax match gpbOperator /\v%(%(\=%(%(\=|\>))@!)@>|%(-\>)@>|%(\|%(\|)@!)@>|%(\?%(%(\?|\.))@!)@>)/
syntax match gpbWord /\v%(%(%(%([A-Za-z]|_))@>%(%(%(%(%([A-Za-z0-9]|_))@>|-%(%([A-Za-z0-9]|_))@>))@>)*)@>)@>/
syntax match gpbType /\v%([:<|]\s*|-\>\s*)@<=%(account|acu|any|arn|bool|bytes|cidr|count|duration|instance_type|int|list|map|money|number|percent|place|policy|range|rate|region|resource|secret|string|vcpu|zone)%(%(%(%(%([A-Za-z0-9]|_))@>|-%(%([A-Za-z0-9]|_))@>))@>|[.:(])@!/
syntax match gpbFunction /\v%([A-Za-z0-9_.-])@<!%(%(%(%([A-Za-z]|_))@>%(%(%(%(%([A-Za-z0-9]|_))@>|-%(%([A-Za-z0-9]|_))@>))@>)*)@>)@>\(@=/
syntax match gpbBuiltin /\v%([A-Za-z0-9_.-])@<!%(abs|amount|base64|ceil|cidr_host|cidr_split|cidr_subnet|concat|contains|days|distinct|ends_with|env_secret|flatten|floor|from_json|generated|gib|given|high|hours|join|json|keys|length|low|lower|max|merge|mib|min|minutes|number|per_minute|per_second|place|range|replace|round|seconds|secret|sha256|sort|split|starts_with|substring|sum|text|trim|upper|values|zones)\(@=/
syntax match gpbTag /\v%(%(%(%([A-Za-z]|_))@>%(%(%(%(%([A-Za-z0-9]|_))@>|-%(%([A-Za-z0-9]|_))@>))@>)*)@>)@>%(\s+")@=/
syntax match gpbMember /\v%(\.)@<=%(%(%(%([A-Za-z]|_))@>%(%(%(%(%([A-Za-z0-9]|_))@>|-%(%([A-Za-z0-9]|_))@>))@>)*)@>)@>/
syntax match gpbBoolean /\v%([A-Za-z0-9_.-])@<!%(true|false)%(%(%(%(%([A-Za-z0-9]|_))@>|-%(%([A-Za-z0-9]|_))@>))@>)@!/
syntax match gpbNumber /\v%([A-Za-z0-9_])@<!\$?%([0-9]%(%([0-9]|_))*%(\.[0-9]%(%([0-9]|_))*)?)@>%(%(%(%(\%|\/[A-Za-z]%(%(%([A-Za-z0-9]|_))@>)*)|%(%([A-Za-z]|_))@>%(%(%([A-Za-z0-9]|_))@>)*))@>|[ \t]+%(%(%(%(%(%(%(%(%(%(%(%(%(%(%(%(%(%(%(%(ms|min)|s)|h)|days)|day)|d)|KiB)|MiB)|GiB)|TiB)|KB)|MB)|GB)|TB)|B)|ACU)|acu)|vcpu)|vCPU)%(%(%(%(%(%(%(%([A-Za-z0-9]|_))@>|-%(%([A-Za-z0-9]|_))@>))@>|\.)|\()|%(%(%(%( |\t)|\r))*)@>%(\=%(\=)@!|\{)))@!)@>)?/

" Heads of blocks and their labels, fields.
syntax match gpbHead /\v%(%(^|[{,])\s*)@<=%(%(%(%([A-Za-z]|_))@>%(%(%(%(%([A-Za-z0-9]|_))@>|-%(%([A-Za-z0-9]|_))@>))@>)*)@>)@>%(\s*\{)@=/
syntax match gpbHead /\v%(%(^|[{,])\s*)@<=%(%(%(%([A-Za-z]|_))@>%(%(%(%(%([A-Za-z0-9]|_))@>|-%(%([A-Za-z0-9]|_))@>))@>)*)@>)@>%(\s+%(%(in%(%(%(%(%([A-Za-z0-9]|_))@>|-%(%([A-Za-z0-9]|_))@>))@>)@!)@>)@!%(%(%(%([A-Za-z]|_))@>%(%(%(%(%([A-Za-z0-9]|_))@>|-%(%([A-Za-z0-9]|_))@>))@>)*)@>)@>%(\s*\{|\s+%(in%(%(%(%(%([A-Za-z0-9]|_))@>|-%(%([A-Za-z0-9]|_))@>))@>)@!)@>\s))@=/ nextgroup=gpbLabel skipwhite
syntax match gpbLabel /\v%(%(%(%([A-Za-z]|_))@>%(%(%(%(%([A-Za-z0-9]|_))@>|-%(%([A-Za-z0-9]|_))@>))@>)*)@>)@>/ contained
syntax match gpbProperty /\v%(%(%(%([A-Za-z]|_))@>%(%(%(%(%([A-Za-z0-9]|_))@>|-%(%([A-Za-z0-9]|_))@>))@>)*)@>)@>%(\s*%(\=%(%(\=|\>))@!)@>)@=/
syntax match gpbHead /\v%(%(^|[{,])\s*)@<=%(%(%(%([A-Za-z]|_))@>%(%(%(%(%([A-Za-z0-9]|_))@>|-%(%([A-Za-z0-9]|_))@>))@>)*)@>)@>%(\s+%(%(%(%([A-Za-z]|_))@>%(%(%(%(%([A-Za-z0-9]|_))@>|-%(%([A-Za-z0-9]|_))@>))@>)*)@>)@>\s*%(\=%(%(\=|\>))@!)@>)@=/ nextgroup=gpbLabel skipwhite

" Expressions.
syntax match gpbConditional /\v%([A-Za-z0-9_.-])@<!%(%(if%(%(%(%(%([A-Za-z0-9]|_))@>|-%(%([A-Za-z0-9]|_))@>))@>)@!)@>|%(else%(%(%(%(%([A-Za-z0-9]|_))@>|-%(%([A-Za-z0-9]|_))@>))@>)@!)@>)%(\s*%(\=%(%(\=|\>))@!)@>)@!/
syntax match gpbRepeat /\v%([A-Za-z0-9_.-])@<!%(for%(%(%(%(%([A-Za-z0-9]|_))@>|-%(%([A-Za-z0-9]|_))@>))@>)@!)@>%(\s+%(%(%(%([A-Za-z]|_))@>%(%(%(%(%([A-Za-z0-9]|_))@>|-%(%([A-Za-z0-9]|_))@>))@>)*)@>)@>%(\s*,\s*%(%(%(%([A-Za-z]|_))@>%(%(%(%(%([A-Za-z0-9]|_))@>|-%(%([A-Za-z0-9]|_))@>))@>)*)@>)@>)?\s+%(in%(%(%(%(%([A-Za-z0-9]|_))@>|-%(%([A-Za-z0-9]|_))@>))@>)@!)@>)@=/
syntax match gpbRepeat /\v%(\s)@<=%(in%(%(%(%(%([A-Za-z0-9]|_))@>|-%(%([A-Za-z0-9]|_))@>))@>)@!)@>%(\s*%(\=%(%(\=|\>))@!)@>)@!%(\s)@=/
syntax match gpbRepeat /\v%(%(for%(%(%(%(%([A-Za-z0-9]|_))@>|-%(%([A-Za-z0-9]|_))@>))@>)@!)@>\s+[^:]*\s%(in%(%(%(%(%([A-Za-z0-9]|_))@>|-%(%([A-Za-z0-9]|_))@>))@>)@!)@>\s+[^:]*\s)@<=%(key%(%(%(%(%([A-Za-z0-9]|_))@>|-%(%([A-Za-z0-9]|_))@>))@>)@!)@>%(\s+%(%(%(if%(%(%(%(%([A-Za-z0-9]|_))@>|-%(%([A-Za-z0-9]|_))@>))@>)@!)@>|%(in%(%(%(%(%([A-Za-z0-9]|_))@>|-%(%([A-Za-z0-9]|_))@>))@>)@!)@>))@!["A-Za-z_(\[])@=/

" Statements.
syntax match gpbKeyword /\v%(%(^|[{,])\s*)@<=%(%(param%(%(%(%(%([A-Za-z0-9]|_))@>|-%(%([A-Za-z0-9]|_))@>))@>)@!)@>|%(let%(%(%(%(%([A-Za-z0-9]|_))@>|-%(%([A-Za-z0-9]|_))@>))@>)@!)@>|%(output%(%(%(%(%([A-Za-z0-9]|_))@>|-%(%([A-Za-z0-9]|_))@>))@>)@!)@>)%(\s+%(%(%(%([A-Za-z]|_))@>%(%(%(%(%([A-Za-z0-9]|_))@>|-%(%([A-Za-z0-9]|_))@>))@>)*)@>)@>\s*%([:=,}]|$|\/\/))@=/ nextgroup=gpbName skipwhite
syntax match gpbKeyword /\v%(%(^|[{,])\s*)@<=%(layer%(%(%(%(%([A-Za-z0-9]|_))@>|-%(%([A-Za-z0-9]|_))@>))@>)@!)@>%(\s+%(%(%(%([A-Za-z]|_))@>%(%(%(%(%([A-Za-z0-9]|_))@>|-%(%([A-Za-z0-9]|_))@>))@>)*)@>)@>%(\s*%(\=%(%(\=|\>))@!)@>)@!)@=/ nextgroup=gpbLayerName skipwhite
syntax match gpbKeyword /\v%(%(^|[{,])\s*)@<=%(%(resource%(%(%(%(%([A-Za-z0-9]|_))@>|-%(%([A-Za-z0-9]|_))@>))@>)@!)@>|%(existing%(%(%(%(%([A-Za-z0-9]|_))@>|-%(%([A-Za-z0-9]|_))@>))@>)@!)@>)%(\s+%(%(%(%([A-Za-z]|_))@>%(%(%(%(%([A-Za-z0-9]|_))@>|-%(%([A-Za-z0-9]|_))@>))@>)*)@>)@>\s*%(\=%(%(\=|\>))@!)@>)@!%(\s+%(%(%(%([A-Za-z]|_))@>%(%(%(%(%([A-Za-z0-9]|_))@>|-%(%([A-Za-z0-9]|_))@>))@>)*)@>)@>)@=/ nextgroup=gpbResourceType skipwhite
syntax match gpbRepeat /\v%(%(^|[{,])\s*)@<=%(in%(%(%(%(%([A-Za-z0-9]|_))@>|-%(%([A-Za-z0-9]|_))@>))@>)@!)@>%(\s+[^= \t])@=/
syntax match gpbKeyword /\v%(%(^|[{,])\s*)@<=%(%(after%(%(%(%(%([A-Za-z0-9]|_))@>|-%(%([A-Za-z0-9]|_))@>))@>)@!)@>|%(ignore%(%(%(%(%([A-Za-z0-9]|_))@>|-%(%([A-Za-z0-9]|_))@>))@>)@!)@>)%(\s+%(%(%(%([A-Za-z]|_))@>%(%(%(%(%([A-Za-z0-9]|_))@>|-%(%([A-Za-z0-9]|_))@>))@>)*)@>)@>\s*%(%(\=%(%(\=|\>))@!)@>|\{))@!%(\s+%(%(%(%([A-Za-z]|_))@>%(%(%(%(%([A-Za-z0-9]|_))@>|-%(%([A-Za-z0-9]|_))@>))@>)*)@>)@>)@=/
syntax match gpbKeyword /\v%(%(^|[{,])\s*)@<=%(%(protect%(%(%(%(%([A-Za-z0-9]|_))@>|-%(%([A-Za-z0-9]|_))@>))@>)@!)@>|%(replace%(%(%(%(%([A-Za-z0-9]|_))@>|-%(%([A-Za-z0-9]|_))@>))@>)@!)@>)%(\s+%(%(%(%([A-Za-z]|_))@>%(%(%(%(%([A-Za-z0-9]|_))@>|-%(%([A-Za-z0-9]|_))@>))@>)*)@>)@>\s*%($|[,}]|\/\/))@=/ nextgroup=gpbChoice skipwhite
syntax match gpbKeyword /\v%(%(^|[{,])\s*)@<=%(moved%(%(%(%(%([A-Za-z0-9]|_))@>|-%(%([A-Za-z0-9]|_))@>))@>)@!)@>%(\s+%(%(%(%([A-Za-z]|_))@>%(%(%(%(%([A-Za-z0-9]|_))@>|-%(%([A-Za-z0-9]|_))@>))@>)*)@>)@>\s*%(%(\=%(%(\=|\>))@!)@>|\{))@!%(\s+%(%(%(%([A-Za-z]|_))@>%(%(%(%(%([A-Za-z0-9]|_))@>|-%(%([A-Za-z0-9]|_))@>))@>)*)@>)@>)@=/
syntax match gpbKeyword /\v%(%(^|[{,])\s*%(moved%(%(%(%(%([A-Za-z0-9]|_))@>|-%(%([A-Za-z0-9]|_))@>))@>)@!)@>\s+[^=]*\s)@<=%(to%(%(%(%(%([A-Za-z0-9]|_))@>|-%(%([A-Za-z0-9]|_))@>))@>)@!)@>%(\s)@=/
syntax match gpbKeyword /\v%(%(^|[{,])\s*)@<=%(override%(%(%(%(%([A-Za-z0-9]|_))@>|-%(%([A-Za-z0-9]|_))@>))@>)@!)@>%(\s+%(%(%(%([A-Za-z]|_))@>%(%(%(%(%([A-Za-z0-9]|_))@>|-%(%([A-Za-z0-9]|_))@>))@>)*)@>)@>\s*%(\=%(%(\=|\>))@!)@>)@!%(\s+%(%(%(%([A-Za-z]|_))@>%(%(%(%(%([A-Za-z0-9]|_))@>|-%(%([A-Za-z0-9]|_))@>))@>)*)@>)@>)@=/
syntax match gpbKeyword /\v%(%(^|[{,])\s*)@<=%(when%(%(%(%(%([A-Za-z0-9]|_))@>|-%(%([A-Za-z0-9]|_))@>))@>)@!)@>%(\s*[={:])@!%(\s+%(%(%(%([A-Za-z]|_))@>%(%(%(%(%([A-Za-z0-9]|_))@>|-%(%([A-Za-z0-9]|_))@>))@>)*)@>)@>\s*%(%(\=%(%(\=|\>))@!)@>|\{))@!/
syntax match gpbName /\v%(%(%(%([A-Za-z]|_))@>%(%(%(%(%([A-Za-z0-9]|_))@>|-%(%([A-Za-z0-9]|_))@>))@>)*)@>)@>/ contained
syntax match gpbChoice /\v%(%(%(%([A-Za-z]|_))@>%(%(%(%(%([A-Za-z0-9]|_))@>|-%(%([A-Za-z0-9]|_))@>))@>)*)@>)@>/ contained
syntax match gpbResourceType /\v%(%(%(%([A-Za-z]|_))@>%(%(%(%(%([A-Za-z0-9]|_))@>|-%(%([A-Za-z0-9]|_))@>))@>)*)@>%(\.%(%(%([A-Za-z]|_))@>%(%(%(%(%([A-Za-z0-9]|_))@>|-%(%([A-Za-z0-9]|_))@>))@>)*)@>)*)@>/ contained nextgroup=gpbResourceName skipwhite
syntax match gpbResourceName /\v%(%(in%(%(%(%(%([A-Za-z0-9]|_))@>|-%(%([A-Za-z0-9]|_))@>))@>)@!)@>\s)@!%(%(%(%([A-Za-z]|_))@>%(%(%(%(%([A-Za-z0-9]|_))@>|-%(%([A-Za-z0-9]|_))@>))@>)*)@>)@>/ contained
syntax match gpbLayerName /\v%(%(%(%([A-Za-z]|_))@>%(%(%(%(%([A-Za-z0-9]|_))@>|-%(%([A-Za-z0-9]|_))@>))@>)*)@>)@>/ contained nextgroup=gpbUses skipwhite
syntax match gpbUses /\v%(uses%(%(%(%(%([A-Za-z0-9]|_))@>|-%(%([A-Za-z0-9]|_))@>))@>)@!)@>/ contained nextgroup=gpbUsed skipwhite
syntax match gpbUsed /\v%(%(%(%([A-Za-z]|_))@>%(%(%(%(%([A-Za-z0-9]|_))@>|-%(%([A-Za-z0-9]|_))@>))@>)*)@>)@>/ contained nextgroup=gpbUsedComma skipwhite
syntax match gpbUsedComma /,/ contained nextgroup=gpbUsed skipwhite skipnl

" Items, which start at the left margin.
syntax match gpbInclude /\v^%(use%(%(%(%(%([A-Za-z0-9]|_))@>|-%(%([A-Za-z0-9]|_))@>))@>)@!)@>%(\s*["'])@=/
syntax match gpbItem /\v^%(%(stack%(%(%(%(%([A-Za-z0-9]|_))@>|-%(%([A-Za-z0-9]|_))@>))@>)@!)@>|%(component%(%(%(%(%([A-Za-z0-9]|_))@>|-%(%([A-Za-z0-9]|_))@>))@>)@!)@>)%(\s+%(%(%(%([A-Za-z]|_))@>%(%(%(%(%([A-Za-z0-9]|_))@>|-%(%([A-Za-z0-9]|_))@>))@>)*)@>)@>\s*%(\{|$|\/\/))@=/ nextgroup=gpbItemName skipwhite
syntax match gpbItem /\v^%(environment%(%(%(%(%([A-Za-z0-9]|_))@>|-%(%([A-Za-z0-9]|_))@>))@>)@!)@>%(\s+%(%(%(%([A-Za-z]|_))@>%(%(%(%(%([A-Za-z0-9]|_))@>|-%(%([A-Za-z0-9]|_))@>))@>)*)@>)@>%(\s+%(of%(%(%(%(%([A-Za-z0-9]|_))@>|-%(%([A-Za-z0-9]|_))@>))@>)@!)@>|\s*\{|\s*$))@=/ nextgroup=gpbItemName skipwhite
syntax match gpbItem /\v^%(fn%(%(%(%(%([A-Za-z0-9]|_))@>|-%(%([A-Za-z0-9]|_))@>))@>)@!)@>%(\s+%(%(%(%([A-Za-z]|_))@>%(%(%(%(%([A-Za-z0-9]|_))@>|-%(%([A-Za-z0-9]|_))@>))@>)*)@>)@>\s*\()@=/ nextgroup=gpbFunctionName skipwhite
syntax match gpbItem /\v^%(const%(%(%(%(%([A-Za-z0-9]|_))@>|-%(%([A-Za-z0-9]|_))@>))@>)@!)@>%(\s+%(%(%(%([A-Za-z]|_))@>%(%(%(%(%([A-Za-z0-9]|_))@>|-%(%([A-Za-z0-9]|_))@>))@>)*)@>)@>\s*[:=])@=/ nextgroup=gpbName skipwhite
syntax match gpbItem /\v^%(type%(%(%(%(%([A-Za-z0-9]|_))@>|-%(%([A-Za-z0-9]|_))@>))@>)@!)@>%(\s+%(%(%(%([A-Za-z]|_))@>%(%(%(%(%([A-Za-z0-9]|_))@>|-%(%([A-Za-z0-9]|_))@>))@>)*)@>)@>\s*[={])@=/ nextgroup=gpbItemName skipwhite
syntax match gpbItemName /\v%(%(%(%([A-Za-z]|_))@>%(%(%(%(%([A-Za-z0-9]|_))@>|-%(%([A-Za-z0-9]|_))@>))@>)*)@>)@>/ contained nextgroup=gpbOf skipwhite
syntax match gpbFunctionName /\v%(%(%(%([A-Za-z]|_))@>%(%(%(%(%([A-Za-z0-9]|_))@>|-%(%([A-Za-z0-9]|_))@>))@>)*)@>)@>/ contained
syntax match gpbOf /\v%(of%(%(%(%(%([A-Za-z0-9]|_))@>|-%(%([A-Za-z0-9]|_))@>))@>)@!)@>/ contained nextgroup=gpbItemName skipwhite

" Braces nest, and a policy's words mean something in the policy's own braces only.
syntax region gpbBraces matchgroup=gpbDelimiter start=/{/ end=/}/ transparent contains=TOP
syntax region gpbPolicy matchgroup=gpbPolicyMark start=/\v%([A-Za-z0-9_.-])@<!%(policy%(%(%(%(%([A-Za-z0-9]|_))@>|-%(%([A-Za-z0-9]|_))@>))@>)@!)@>\s*\{/ matchgroup=gpbDelimiter end=/}/ transparent contains=@gpbExpression,gpbPolicyWord
syntax match gpbPolicyWord /\v%([A-Za-z0-9_.-])@<!%(%(allow%(%(%(%(%([A-Za-z0-9]|_))@>|-%(%([A-Za-z0-9]|_))@>))@>)@!)@>|%(deny%(%(%(%(%([A-Za-z0-9]|_))@>|-%(%([A-Za-z0-9]|_))@>))@>)@!)@>|%(to%(%(%(%(%([A-Za-z0-9]|_))@>|-%(%([A-Za-z0-9]|_))@>))@>)@!)@>|%(on%(%(%(%(%([A-Za-z0-9]|_))@>|-%(%([A-Za-z0-9]|_))@>))@>)@!)@>|%(when%(%(%(%(%([A-Za-z0-9]|_))@>|-%(%([A-Za-z0-9]|_))@>))@>)@!)@>)%([.(])@!/ contained
syntax cluster gpbExpression contains=gpbOperator,gpbWord,gpbFunction,gpbBuiltin,gpbTag,gpbMember,gpbBoolean,gpbNumber,gpbProperty,gpbConditional,gpbRepeat,gpbBraces,gpbComment,gpbDocComment,gpbString,gpbBlockString

" Text.
syntax match gpbComment /\v\/\/.*$/ contains=gpbTodo,@Spell
syntax match gpbDocComment /\v\/\/[\/!].*$/ contains=gpbTodo,@Spell
syntax keyword gpbTodo TODO FIXME XXX contained
syntax region gpbString matchgroup=gpbQuote start=/"/ end=/"\|$/ oneline contains=gpbEscape,gpbHole,@Spell
syntax match gpbString /\v%('%(%(%('|\n))@!.)*')@>/
syntax region gpbBlockString matchgroup=gpbQuote start=/"""/ end=/"""/ contains=gpbEscape,gpbHole,@Spell
syntax match gpbEscape /\v%(\\%(%(u\{%(%(%(%(\}|")|\n))@!.)*\}|%(%(\n|\r))@!.))?)@>/ contained
syntax region gpbHole matchgroup=gpbHoleMark start=/\v%(\$\{)@>/ end=/\v%(\})@>/ contained contains=TOP

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
highlight default link gpbChoice Constant
highlight default link gpbResourceType Type
highlight default link gpbResourceName Identifier
highlight default link gpbLayerName Identifier
highlight default link gpbUses Keyword
highlight default link gpbUsed Identifier
highlight default link gpbInclude Include
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
highlight default link gpbHoleMark Special

let b:current_syntax = 'gpb'

let &cpoptions = s:cpo
unlet s:cpo
